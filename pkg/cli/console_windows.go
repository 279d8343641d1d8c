package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// obeys reports whether a console takes colours. One of Windows has to be told to.
func obeys(f *os.File, _ string) bool {
	h := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
