package pages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Place is where a page is run.
type Place struct {
	Dir      string   // a folder that exists and is empty: the home of who reads the page
	Env      []string // beside HOME and what makes outputs the same everywhere
	Examples string   // the folder that $EXAMPLES names
	Now      time.Time
}

// home is how a page calls the reader's home.
const home = "/home/you"

// A Result is what came of a page.
type Result struct {
	Commands int            // shown on the page
	Compared int            // run, and what they print with what the page shows
	Run      int            // run, and what they print not compared
	NotRun   map[string]int // why not, how many
	Wrong    []string       // what is not as the page says, with its line
	Now      map[int][]string
}

// A step is one thing that is done in the order of the page.
type step struct {
	command Command
	block   *Block // nil: a command that is not shown
	exit    int    // that is expected
	any     bool   // the exit code is asked for by the next command
	file    string // what is written instead of a command
	insert  string // behind which line of it
}

// Run does what a page shows, in one shell from its top to its end.
func Run(ctx context.Context, p *Page, at Place) (*Result, error) {
	r := &Result{NotRun: map[string]int{}, Now: map[int][]string{}}
	steps := r.steps(p)
	if len(steps) == 0 {
		return r, nil
	}
	logs, err := os.MkdirTemp("", "page")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(logs) //nolint:errcheck // a temporary folder
	work := filepath.Join(at.Dir, "work")
	if err := os.MkdirAll(work, 0o750); err != nil {
		return nil, err
	}
	script, err := write(logs, steps)
	if err != nil {
		return nil, err
	}
	shell := exec.CommandContext(ctx, "bash", script)
	shell.Dir = work
	shell.WaitDelay = time.Second
	shell.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + at.Dir, "XDG_STATE_HOME=" + filepath.Join(at.Dir, "state"), "EXAMPLES=" + at.Examples,
		"LC_ALL=C.UTF-8", "TZ=UTC", "TERM=dumb", "TMPDIR=" + logs,
	}, at.Env...)
	if out, err := shell.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: the shell: %w\n%s", p.Name, err, out)
	}
	for i, s := range steps {
		if err := r.look(p, s, logs, i, at); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// steps are what a page does, and what cannot be done is counted or wrong.
func (r *Result) steps(p *Page) []step {
	var out []step
	wrong := func(line int, format string, args ...any) {
		r.Wrong = append(r.Wrong, fmt.Sprintf("%s:%d: ", p.Name, line)+fmt.Sprintf(format, args...))
	}
	hidden := func(m Mark) {
		switch m.Verb {
		case "run":
			out = append(out, step{command: Command{Line: m.Line, Text: m.Text}})
		case "note":
		default:
			wrong(m.Line, "mark %q stands above no block", m.Verb)
		}
	}
	p.prose(func(n int, line string) {
		if strings.HasPrefix(line, "    ") && strings.HasPrefix(strings.TrimLeft(line, " $"), "dealroute ") {
			wrong(n, "an indented command, which nothing runs: put it into a block of \"console\"")
		}
	})
	for _, part := range p.Parts {
		if part.Mark != nil {
			hidden(*part.Mark)
			continue
		}
		b := part.Block
		for _, m := range b.Marks {
			if m.Verb == "run" {
				hidden(m)
			}
		}
		if name, ok := b.Marked("file"); ok {
			out = append(out, step{block: b, file: name})
		}
		if text, ok := b.Marked("insert"); ok {
			name, after, ok := strings.Cut(text, " after: ")
			if !ok {
				wrong(b.Line, "insert: NAME after: LINE")
				continue
			}
			out = append(out, step{block: b, file: name, insert: after})
		}
		why, not := b.Marked("not run")
		switch b.Lang {
		case "console":
		case "", "sh", "bash", "shell", "shell-session", "zsh", "powershell", "text":
			if _, other := b.Marked("other"); !not && !other {
				wrong(b.Line, "a block of %q: commands stand in a block of \"console\", each behind \"$ \"; what is no command is marked <!-- other: WHAT -->", b.Lang)
			}
			continue
		default:
			continue
		}
		commands, err := b.Commands()
		if err != nil {
			wrong(b.Line, "%v", err)
			continue
		}
		r.Commands += len(commands)
		if not {
			r.NotRun[why] += len(commands)
			continue
		}
		_, only := b.Marked("commands only")
		for i, c := range commands {
			if shown := b.Output(c); !only && len(shown) > 0 && !slices.ContainsFunc(shown, said) {
				wrong(c.Line, "%s\nall of its output is left out, so that any would do: show a line that matters, or mark the block <!-- commands only -->", c.Text)
			}
			s := step{command: c, block: b}
			s.any = i+1 < len(commands) && strings.HasPrefix(commands[i+1].Text, "echo $?")
			if exit, ok := b.Marked("exit"); ok && i+1 == len(commands) {
				if s.exit, err = strconv.Atoi(exit); err != nil {
					wrong(b.Line, "exit: %v", err)
				}
			}
			out = append(out, s)
		}
	}
	return out
}

// preamble is what the shell of a page knows beside the program: "go run" of a checkout without compiling it, and "accounts",
// with which a hidden command puts the emulators, reached over HTTP as vendors are, in the place of the reader's accounts.
const preamble = `rc=0
go() { if [ "$1 $2" = "run ./cmd/dealroute" ]; then shift 2; dealroute "$@"; else command go "$@"; fi; }
accounts() {
  dealroute sandbox "$@" >"$TMPDIR/accounts" 2>&1 &
  local i
  for i in $(seq 200); do grep -q '^export DEALROUTE' "$TMPDIR/accounts" && break; sleep 0.05; done
  eval "$(grep '^export' "$TMPDIR/accounts")"
}
`

// write writes the script of a page: each command with its own output and exit code, all in
// one shell, so that a folder or a variable stays for those after it.
func write(dir string, steps []step) (string, error) {
	var all strings.Builder
	all.WriteString(preamble)
	for i, s := range steps {
		name := filepath.Join(dir, strconv.Itoa(i))
		text := s.command.Text
		if s.file != "" {
			if err := os.WriteFile(name+".in", []byte(s.block.Text()), 0o600); err != nil {
				return "", err
			}
			text = fmt.Sprintf("mkdir -p \"$(dirname '%s')\" && cat '%s.in' > '%s'", s.file, name, s.file)
			if s.insert != "" {
				if err := os.WriteFile(name+".after", []byte(s.insert), 0o600); err != nil {
					return "", err
				}
				text = fmt.Sprintf(`awk -v after="$(sed 's/^ *//' '%[1]s.after')" -v new='%[1]s.in' '{ print; line = $0; sub(/^ +/, "", line) } line == after && !n { n++; while ((getline l < new) > 0) print l } END { exit n != 1 }' '%[2]s' > '%[1]s.out2' && cat '%[1]s.out2' > '%[2]s'`, name, s.file)
			}
		}
		if err := os.WriteFile(name+".sh", []byte(text+"\n"), 0o600); err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "(exit $rc)\n. %[1]s.sh </dev/null >%[1]s.out 2>&1\nrc=$?; echo $rc >%[1]s.rc\n", name)
	}
	all.WriteString("kill $(jobs -p) 2>/dev/null; exit 0\n")
	script := filepath.Join(dir, "page.sh")
	return script, os.WriteFile(script, []byte(all.String()), 0o600)
}

// look compares what a step did with what the page says.
func (r *Result) look(p *Page, s step, logs string, i int, at Place) error {
	name := filepath.Join(logs, strconv.Itoa(i))
	text, err := os.ReadFile(name + ".out")
	if err != nil {
		return errors.Join(err, errors.New("the page ended its own shell"))
	}
	code, err := os.ReadFile(name + ".rc")
	if err != nil {
		return errors.Join(err, errors.New("the page ended its own shell"))
	}
	got := strings.TrimSpace(string(code))
	var printed []string
	if t := strings.TrimRight(strings.ReplaceAll(string(text), at.Dir, home), "\n"); t != "" {
		printed = Said(strings.Split(t, "\n"))
	}
	line := s.command.Line
	if s.block != nil && s.file != "" {
		line = s.block.Line
	}
	wrong := func(format string, args ...any) {
		r.Wrong = append(r.Wrong, fmt.Sprintf("%s:%d: ", p.Name, line)+fmt.Sprintf(format, args...))
	}
	if !s.any && got != strconv.Itoa(s.exit) {
		wrong("%s\nexit code %s, and not %d:\n%s", s.command.Text, got, s.exit, strings.Join(printed, "\n"))
	}
	if s.block == nil || s.file != "" {
		return nil
	}
	if _, only := s.block.Marked("commands only"); only {
		r.Run++
		return nil
	}
	r.Compared++
	shown := s.block.Output(s.command)
	if Match(shown, printed) {
		return nil
	}
	r.Now[line] = Renew(shown, Stable(printed, at.Now))
	wrong("%s\nshows\n%s\nand prints\n%s", s.command.Text, indent(shown), indent(printed))
	return nil
}

// said tells whether a line of a page shows something.
func said(line string) bool { return strings.Trim(line, " "+Elision) != "" }

func indent(lines []string) string { return "    " + strings.Join(lines, "\n    ") }
