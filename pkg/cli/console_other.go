//go:build !windows

package cli

import "os"

// obeys reports whether a terminal takes colours.
func obeys(_ *os.File, name string) bool { return name != "" && name != "dumb" }
