//go:build linux

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A line of a dialogue is what must be seen, and what is typed then.
type line struct{ seen, typed string }

// dialogue runs the real program on a pseudo terminal in a folder, types each line when it has seen what
// is before it, and gives all that was seen and the exit code.
func dialogue(t *testing.T, dir string, env []string, lines []line, args ...string) (string, int) {
	t.Helper()
	return dialogueOn(t, unix.Winsize{Row: 40, Col: 200}, dir, env, lines, args...)
}

// dialogueOn is dialogue on a terminal of this size.
func dialogueOn(t *testing.T, size unix.Winsize, dir string, env []string, lines []line, args ...string) (string, int) {
	t.Helper()
	master, slave := openTerminal(t, size.Col)
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &size); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "dealroute", args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, slave, slave, slave
	home := t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "TMPDIR=" + home, "TERM=xterm-256color"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var out []byte
	from := 0
	for b := make([]byte, 1<<14); ; {
		n, err := master.Read(b) // fails when the program has ended
		if out = append(out, b[:n]...); err != nil {
			break
		}
		for len(lines) > 0 {
			at := bytes.Index(out[from:], []byte(lines[0].seen))
			if at < 0 {
				break
			}
			from += at + len(lines[0].seen)
			time.Sleep(50 * time.Millisecond) // the whole question is there, and keys are waited for
			if _, err := master.WriteString(lines[0].typed); err != nil {
				t.Fatal(err)
			}
			lines = lines[1:]
		}
	}
	cmd.Wait() //nolint:errcheck // its exit code is asked for below
	if len(lines) > 0 {
		t.Errorf("never seen: %q\n%q", lines[0].seen, out[from:])
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// colours are sequences that set one.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m")

const (
	erase = "\x15" // what is typed so far
	down  = "\x1b[B"
)

// On a terminal what is missing is asked, a wrong answer is refused where it is typed with the right one,
// and the choices are those of the accounts.
func TestInitAsks(t *testing.T) {
	typed := []line{
		{"Name of the deployment", "Acme Inbound\r"}, {`did you mean "acme-inbound"`, erase + "acme-inbound\r"},
		{"Region of your", "G\r"}, {"(another)", "Frankfurt\r"}, {`did you mean "eu-central-1"`, erase + "eu-central-1\r"},
		{"Home countries", "Germany\r"}, {`did you mean "DE"`, erase + "DE\r"},
		{"Numbers that callers dial", "+15135550100\r"}, {"United States (US)", erase + "+493023125000\r"},
		{"Queue for everybody", down + "\r"}, {"Stages whose callers", " \r"}, {"Queue for callers with", down + down + "\r"},
	}
	inLines := []line{
		{"Answer: ", "Acme Inbound\n"}, {`did you mean "acme-inbound".`, ""}, {"Answer: ", "acme-inbound\n"}, {"Region of your", ""}, {"or another name: ", "Frankfurt\n"}, {`"eu-central-1"`, ""}, {"or another name: ", "8\n"},
		{"Answer: ", "Germany\n"}, {`"DE"`, ""}, {"Answer: ", "DE\n"}, {"Answer: ", "+15135550100\n"}, {"United States (US)", ""}, {"Answer: ", "+493023125000\n"},
		{"or another name: ", "2\n"}, {"Enter for 2, 3: ", "9\n"}, {"That will not do", ""}, {"Enter for 2, 3: ", "1,2,3\n"}, {"Enter for 1: ", "3\n"},
	}
	for _, c := range []struct {
		name   string
		env    []string
		args   []string
		lines  []line
		colour bool
	}{
		{"forms", nil, nil, typed, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, nil, typed, false},
		{"--no-color", nil, []string{"--no-color"}, typed, false},
		{"screen reader", []string{"ACCESSIBLE=1", "NO_COLOR=1"}, nil, inLines, false},
		{"dumb", []string{"TERM=dumb"}, nil, inLines, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			out, code := dialogue(t, dir, c.env, c.lines, append([]string{"init", "--sandbox"}, c.args...)...)
			text, err := os.ReadFile(filepath.Join(dir, "dealroute.yaml"))
			if code != 0 || err != nil {
				t.Fatalf("exit code %d, %v\n%q", code, err, out)
			}
			for _, want := range []string{
				"\nname: acme-inbound\n", "\n  region: eu-central-1\n", "homeCountries: [DE]\n", "numbers: [\"+493023125000\"]\n", "fallback: {queue: General Support}\n",
				"stage: [Appointment Scheduled, Contract Sent, Negotiation]}\n      to: {queue: Sales, priority: 10}",
			} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the file has no %q\n%s", want, text)
				}
			}
			if has := colours.MatchString(out); has != c.colour {
				t.Errorf("colours: %t\n%q", has, out)
			}
			if strings.HasPrefix(c.name, "screen") || c.name == "dumb" {
				if strings.Contains(out, "\x1b") {
					t.Errorf("a line-by-line dialogue has escapes\n%q", out)
				}
			} else if !strings.Contains(sequence.ReplaceAllString(out, ""), "Name of the deployment  acme-inbound\n") {
				t.Errorf("the answer is not left on the terminal\n%q", out)
			}
		})
	}
}

// Ctrl-C at any question and the end of the input write nothing; with all answers given nothing is asked.
func TestInitInterrupted(t *testing.T) {
	for _, c := range []struct {
		name  string
		env   []string
		lines []line
		code  int
		said  string
	}{
		{"Ctrl-C", nil, []line{{"Name of the deployment", "\x03"}}, 130, "nothing was written"},
		{"Ctrl-C later", nil, []line{{"Name of the deployment", "acme\r"}, {"Region of your", "\r"}, {"Home countries", "U\x03"}}, 130, "nothing was written"},
		{"Ctrl-C in lines", []string{"ACCESSIBLE=1"}, []line{{"Answer: ", "\x03"}}, 130, "interrupted: nothing was written"},
		{"Ctrl-D in lines", []string{"ACCESSIBLE=1"}, []line{{"Answer: ", "acme\n"}, {"another name: ", "\x04"}}, 1, "no answer: nothing was written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			out, code := dialogue(t, dir, c.env, c.lines, "init")
			all, err := os.ReadDir(dir)
			if code != c.code || !strings.Contains(out, c.said) || err != nil || len(all) > 0 {
				t.Errorf("exit code %d, %v, %v\n%q", code, all, err, out)
			}
		})
	}
	dir := t.TempDir()
	out, code := dialogue(t, dir, nil, nil, "init", "--name", "acme", "--region", "us-east-1", "--countries", "US", "--fallback-queue", "Support")
	if code != 0 || strings.Contains(out, "Numbers that") || !strings.Contains(out, "wrote") {
		t.Errorf("exit code %d\n%q", code, out)
	}
}

// On a low terminal a form keeps its title and rests while it waits for keys; on one that is lower still, the
// questions come in lines.
func TestInitOnALowTerminal(t *testing.T) {
	for _, c := range []struct {
		rows  uint16
		cols  uint16
		forms bool
	}{{15, 80, true}, {10, 80, true}, {12, 40, true}, {8, 80, false}, {3, 20, false}} {
		t.Run(fmt.Sprintf("%dx%d", c.cols, c.rows), func(t *testing.T) {
			lines := []line{{"Region of your", ""}, {"ap-northeast-1", "\r"}, {"Home countries", "US\r"}, {"Numbers that", "\r"}, {"Queue for", "Support\r"}}
			if !c.forms {
				lines = []line{{"Region of your", ""}, {"1. ap-northeast-1", ""}, {"another name: ", "1\n"}, {"Home countries", ""}, {"Answer: ", "US\n"}, {"Numbers that", ""}, {"Answer: ", "\n"}, {"Queue for", ""}, {"Answer: ", "Support\n"}}
			}
			dir := t.TempDir()
			out, code := dialogueOn(t, unix.Winsize{Row: c.rows, Col: c.cols}, dir, nil, lines, "init", "--name", "acme")
			if _, err := os.Stat(filepath.Join(dir, "dealroute.yaml")); code != 0 || err != nil {
				t.Errorf("exit code %d, %v\n%q", code, err, out)
			}
			if c.forms != strings.Contains(out, "\x1b[?25l") || len(out) > 1<<14 {
				t.Errorf("%d bytes\n%q", len(out), out[:min(len(out), 4000)])
			}
		})
	}
}
