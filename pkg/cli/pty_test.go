//go:build linux

package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/dealroute/dealroute/pkg/diag"
	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo terminal so wide: the side of who types and looks on, which is closed when
// the test ends, and the program's.
func openTerminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// inTerminal runs the real program on a pseudo terminal so wide, types a text when it is asked, and gives what a
// person sees and the exit code. Its output is the terminal unless to names a file for it.
func inTerminal(t *testing.T, columns uint16, typed, to string, env []string, args ...string) (string, int) {
	t.Helper()
	master, slave := openTerminal(t, columns)
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "dealroute", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if to != "" {
		f, err := os.Create(to)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		cmd.Stdout = f
	}
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "TMPDIR=" + home, "TERM=xterm"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	var out []byte
	for b := make([]byte, 1<<14); ; {
		n, err := master.Read(b) // fails when the program has ended
		if out = append(out, b[:n]...); err != nil {
			break
		}
		if typed != "" && strings.Contains(string(out), "[y/N] ") {
			if _, err := master.WriteString(typed); err != nil {
				t.Fatal(err)
			}
			typed = ""
		}
	}
	cmd.Wait() //nolint:errcheck // its exit code is asked for below
	return strings.ReplaceAll(string(out), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

var sequence = regexp.MustCompile("\x1b\\[[0-9;]*m")

// On a terminal findings have colours and lines fit; a file, NO_COLOR, --no-color, JSON and a
// terminal that obeys nothing get none; a question is answered there.
func TestTerminal(t *testing.T) {
	minimal, err := filepath.Abs("../../examples/minimal")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dealroute.yaml")
	if err := os.WriteFile(file, []byte("version: 1\n# \x1b[31m\ufdd1 "+strings.Repeat("long ", 40)+"\nname: acme # \u65e5\u672c "+strings.Repeat("wide ", 40)+"\nnope: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check := []string{"validate", "--proof=off", "-f", file}
	saved := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		columns uint16
		env     string
		args    []string
		to      string
		colour  bool
		folded  int // 0: no line is
	}{
		{80, "", check, "", true, 80},
		{30, "", check, "", true, 60},
		{200, "COLUMNS=70", check, "", true, 70},
		{80, "NO_COLOR=1", check, "", false, 80},
		{80, "", append([]string{"--no-color"}, check...), "", false, 80},
		{80, "TERM=dumb", check, "", false, 80},
		{80, "", append([]string{"-o", "json"}, check...), "", false, 0},
		{80, "", check, saved, false, 0},
		{80, "", []string{"validate", "--proof=quik"}, "", true, 80},
		{70, "", []string{"simulate", "--help"}, "", true, 70},
	} {
		var env []string
		if c.env != "" {
			env = append(env, c.env)
		}
		out, code := inTerminal(t, c.columns, "", c.to, env, c.args...)
		if c.to != "" {
			text, err := os.ReadFile(c.to)
			if err != nil {
				t.Fatal(err)
			}
			out += string(text)
		}
		plain := sequence.ReplaceAllString(out, "")
		if (plain != out) != c.colour || strings.ContainsAny(plain, "\x1b\ufdd1") || code == 0 != (c.args[0] == "simulate") || plain == "" {
			t.Errorf("%d %s %q: exit %d\n%q", c.columns, c.env, c.args, code, out)
		}
		if c.folded == 0 {
			continue
		}
		for _, line := range strings.Split(plain, "\n") {
			if diag.Width(strings.TrimRight(line, " "), 0) > c.folded && strings.Contains(strings.TrimSpace(line), " ") && !strings.HasPrefix(line, "  dealroute ") {
				t.Errorf("%d %s %q: %d columns: %s", c.columns, c.env, c.args, diag.Width(line, 0), line)
			}
		}
	}
	for typed, want := range map[string]string{"\n": "not confirmed: nothing was changed", "nonsense\nN\n": "Answer y or n.", "\x04": "no answer: nothing was changed", "\x03": "interrupted"} {
		out, code := inTerminal(t, 100, typed, "", nil, "setup", "--sandbox", "-f", minimal)
		want2 := 1
		if typed == "\x03" {
			want2 = 130
		}
		plain := sequence.ReplaceAllString(out, "")
		if code != want2 || !strings.Contains(plain, want) || want2 == 1 && !strings.Contains(plain, "[y/N] ") {
			t.Errorf("%q: exit %d\n%s", typed, code, plain)
		}
	}
}
