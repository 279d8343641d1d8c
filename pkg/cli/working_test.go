package cli

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// ticking gives an environment whose clock goes on by a tick when the test says so.
func ticking(t *testing.T) (env *Env, tick func(), every *time.Duration) {
	t.Helper()
	env = testEnv(t)
	ticks, gap := make(chan time.Time), time.Duration(0)
	env.Ticks = func(d time.Duration) (<-chan time.Time, func()) {
		gap = d
		return ticks, func() {}
	}
	begun := env.Now()
	n := 0
	env.Now = func() time.Time { return begun.Add(time.Duration(n) * 10 * time.Second) }
	return env, func() { n++; ticks <- begun }, &gap
}

// Without a terminal long work writes a line each time so that a log is not silent; nothing comes
// before that, nor to a log that is for errors.
func TestWorkingWithoutATerminal(t *testing.T) {
	env, tick, every := ticking(t)
	done := env.session().working("proving", func() string { return "12,400 states" })
	tick()
	done()
	done()
	if got := env.IO.Err.(*bytes.Buffer).String(); got != "proving: 12,400 states (10s)\n" || *every != sayToLog || env.IO.Out.(*bytes.Buffer).Len() > 0 {
		t.Errorf("%q every %s", got, *every)
	}
	env, _, _ = ticking(t)
	env.session().working("proving", nil)()
	s := env.session()
	s.settings.level = slog.LevelError
	s.working("proving", nil)()
	env.Ticks = nil
	env.session().working("proving", nil)()
	if got := env.IO.Err.(*bytes.Buffer).String(); got != "" {
		t.Errorf("%q", got)
	}
}

// On a terminal there is one line, which is written anew, fits, and is gone before anything else is
// written there.
func TestWorkingOnATerminal(t *testing.T) {
	env, tick, every := ticking(t)
	screen := &bytes.Buffer{}
	env.IO.Err, env.IO.ErrTerminal, env.IO.Obeys = screen, true, true
	env.IO.Columns = func() int { return 20 }
	env.Version = "1.0"
	d := discreet(env)
	d.dress(false, "text")
	done := d.session().working("proving", func() string { return "12,400 states \x1b[31m" })
	tick()
	done()
	d.IO.line.clear()
	const gone = "\r\x1b[K"
	if got, want := screen.String(), gone+"proving: 12,400 st…"+gone; got != want || *every != sayToPerson {
		t.Errorf("%q, want %q, every %s", got, want, *every)
	}
	screen.Reset()
	d.IO.line.show("busy", 20)
	if _, err := d.IO.Out.Write([]byte("result\n")); err != nil {
		t.Fatal(err)
	}
	if got := screen.String(); got != gone+"busy"+gone {
		t.Errorf("%q", got)
	}
}

// What is long says so while it goes on: each of these is under way when the first tick comes.
func TestLongWorkSaysWhatItDoes(t *testing.T) {
	for args, want := range map[string]string{
		"validate -f ../../examples/minimal":                                       "proving: ",
		"simulate -f ../../examples/basic --load 60/min --for 1h":                  "running the day: ",
		"plan -f ../../examples/minimal --sandbox":                                 "reading the org and asking both accounts (",
		"status -f ../../examples/minimal --sandbox":                               "reading the org and asking HubSpot (",
		"doctor -f ../../examples/minimal --sandbox --probes 1 --sample 0":         "asking both accounts (",
		"setup -f ../../examples/minimal --sandbox --yes":                          "reading the org and asking both accounts (",
		"destroy -f ../../examples/minimal --sandbox --yes --confirm acme-minimal": "reading the org and asking both accounts (",
	} {
		env, _, _ := ticking(t)
		ticks := make(chan time.Time, 1)
		ticks <- time.Time{} // is heard at once
		env.Ticks = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
		Main(t.Context(), append(strings.Fields(args), "-o", "json"), env)
		if got := env.IO.Err.(*bytes.Buffer).String(); !strings.Contains(got, want) {
			t.Errorf("%s: %q", args, got)
		}
	}
}
