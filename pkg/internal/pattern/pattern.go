package pattern

import (
	"regexp"
	"sync"
)

// Of is a regular expression that is compiled when it is first asked for. A test compiles
// all that stand in the project's code, so that none fails only then.
func Of(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
