package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/term"
	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
)

// Env is the outside world as commands see it, so that tests can run the real commands.
type Env struct {
	IO      *Streams
	Getenv  func(string) string
	Now     func() time.Time
	Version string
	Ticks   func(every time.Duration) (ticks <-chan time.Time, stop func()) // of a clock; nil: nobody is told how far long work is
	Pause   func(context.Context, time.Duration) error                      // lets the pauses pass that the vendors need; nil waits for real

	told  map[string]string // variables whose values came with this run, and how errors call their source
	filed map[string]filed  // variables for which the environment names a file
	given settings          // filled from the root's flags before a command runs
	known *secret.Known     // the secrets of this run, which no output may hold
	stop  func()            // ends the context that --timeout limits
	late  chan error        // says so when a command does not end by itself

	outside func(string) string // the environment without what files hold

	searches *rate.Limiter // that all searches of HubSpot share in this run; nil: each client has its own

	claimed string // what reads standard input; empty: nothing yet
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

	Obeys   bool       // the terminal takes colours and lines that are written anew
	Columns func() int // of the terminal; nil: any width

	line *statusLine // of the terminal behind Err; nil: there is none
}

func (s *Streams) columns() int {
	if s.Columns == nil {
		return 0
	}
	return s.Columns()
}

// secretVariables are the environment variables that hold secrets, and proxyVariables those whose
// address may have a password in it.
func secretVariables() []string {
	var out []string
	for _, c := range credentials() {
		if c.hidden {
			out = append(out, c.name)
		}
	}
	return out
}

func proxyVariables() []string {
	return []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}
}

// ofEmulators reports whether a secret is one of the emulators, which guards nothing: the sandbox tells it.
func ofEmulators(v string) bool {
	return v == hubspottest.DefaultToken || v == genesystest.ClientSecret
}

// discreet is the same world with writers that keep the secrets of this run to themselves. Those
// of the emulators guard nothing, and the sandbox tells them.
func discreet(env *Env) *Env {
	e, streams := *env, *env.IO
	e.known = &secret.Known{}
	for _, name := range secretVariables() {
		if v := env.Getenv(name); !ofEmulators(v) {
			e.known.Add(secret.New(v))
		}
	}
	for _, name := range proxyVariables() {
		e.known.AddURL(env.Getenv(name))
	}
	if streams.Obeys && streams.ErrTerminal {
		streams.line = &statusLine{w: env.IO.Err}
	}
	streams.Out, streams.Err = view.NewWriter(env.IO.Out, e.known), view.NewWriter(env.IO.Err, e.known)
	e.IO = &streams
	return &e
}

// flush writes what has no newline yet, and gives the first error of an output.
func (s *Streams) flush() error {
	var first error
	for _, w := range []io.Writer{s.Out, s.Err} {
		if f, ok := w.(*view.Writer); ok {
			first = cmp.Or(first, f.Flush())
		}
	}
	return first
}

// OSEnv is the environment of a real process.
func OSEnv(version string) *Env {
	out, errs := term.IsTerminal(int(os.Stdout.Fd())), term.IsTerminal(int(os.Stderr.Fd()))
	return &Env{
		Ticks: realTicks,
		IO: &Streams{
			In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
			InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
			OutTerminal: out,
			ErrTerminal: errs,
			Obeys:       (!out || obeys(os.Stdout, os.Getenv("TERM"))) && (!errs || obeys(os.Stderr, os.Getenv("TERM"))),
			Columns:     func() int { return columns(os.Getenv, os.Stdout, os.Stderr) },
		},
		Getenv:  os.Getenv,
		Now:     time.Now,
		Version: version,
	}
}
