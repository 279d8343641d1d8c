package cli

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Env is the outside world as commands see it, so that tests can run the real commands.
type Env struct {
	IO      *Streams
	Getenv  func(string) string
	Now     func() time.Time
	Version string

	given settings           // filled from the root's flags before a command runs
	stop  context.CancelFunc // ends the context that --timeout limits
}

// A session is what every run function is handed: the outside world, and the settings of this
// run as they are before a deployment file has its say.
type session struct {
	*Env
	settings settings
}

func (e *Env) session() session { return session{e, e.given} }

// Streams are where a command reads and writes. Results go to Out, all else to Err.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal, OutTerminal, ErrTerminal bool
}

// OSEnv is the environment of a real process.
func OSEnv(version string) *Env {
	return &Env{
		IO: &Streams{
			In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
			InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
			ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		},
		Getenv:  os.Getenv,
		Now:     time.Now,
		Version: version,
	}
}
