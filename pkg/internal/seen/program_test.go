package seen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/browser"
)

// root is the project's folder.
var root = filepath.Join("..", "..", "..")

var built string // a folder to remove

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built) //nolint:errcheck // a temporary folder
	}
	os.Exit(code)
}

var building = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dealroute")
	if err != nil {
		return "", err
	}
	built = dir
	bin := filepath.Join(dir, "dealroute")
	out, err := exec.Command("go", "build", "-o", bin, "../../../cmd/dealroute").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return bin, err
})

// A desk is a folder with the examples in it, where somebody sits with the program and nothing else.
type desk struct {
	t   testing.TB
	bin string
	dir string
}

func sit(t testing.TB) desk {
	t.Helper()
	browser.Find(t)
	bin, err := building()
	if err != nil {
		t.Fatal(err)
	}
	d := desk{t, bin, t.TempDir()}
	if err := os.CopyFS(filepath.Join(d.dir, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d desk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

// address is where a browser finds a file.
func (d desk) address(name string) string { return "file://" + filepath.ToSlash(d.path(name)) }

func (d desk) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.bin, args...)
	cmd.Dir = d.dir
	cmd.Env = []string{"HOME=" + d.dir, "PATH=" + os.Getenv("PATH"), "XDG_STATE_HOME=" + d.path("state"), "TMPDIR=" + os.TempDir()}
	return cmd
}

// run runs a command that is to succeed, or with one of these other exit codes, and gives what it prints.
func (d desk) run(codes []int, args ...string) []byte {
	d.t.Helper()
	ctx, stop := context.WithTimeout(d.t.Context(), 2*time.Minute)
	defer stop()
	cmd := d.command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		for _, c := range codes {
			if exit.ExitCode() == c {
				return out.Bytes()
			}
		}
	}
	if err != nil {
		d.t.Fatalf("dealroute %s: %v\n%s%s", strings.Join(args, " "), err, out.Bytes(), errs.Bytes())
	}
	return out.Bytes()
}

// start starts a command that goes on until it is told to end, and gives the first object it prints, as with -o json.
// The function that it gives interrupts it, as Ctrl-C does, and waits.
func (d desk) start(first any, args ...string) (stop func()) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := d.command(ctx, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	once := sync.OnceFunc(func() {
		defer cancel()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			d.t.Errorf("dealroute %s ended by itself: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
		}
		time.AfterFunc(20*time.Second, cancel)
		if err := cmd.Wait(); err != nil {
			d.t.Errorf("dealroute %s, interrupted: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
		}
	})
	d.t.Cleanup(once)
	if err := json.NewDecoder(out).Decode(first); err != nil {
		d.t.Fatalf("dealroute %s: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	return once
}

// lettersOf runs a test with each family of letters that pages and pictures are to fit.
func lettersOf(t *testing.T, test func(*testing.T, browser.Letters, *browser.Browser)) {
	t.Helper()
	browser.Find(t)
	for _, l := range []browser.Letters{browser.DejaVu, browser.Liberation, browser.Noto} {
		t.Run(l.Text, func(t *testing.T) { test(t, l, browser.Start(t, l)) })
	}
}

// looks are the sizes and colours that everything is looked at in.
var looks = map[string]browser.Look{
	"wide": browser.Wide, "wide, dark": browser.Wide.InDark(),
	"narrow": browser.Narrow, "narrow, dark": browser.Narrow.InDark(),
}

// examples are the deployments that are drawn.
func examples(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "dealroute.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var out []string
	for _, f := range files {
		out = append(out, filepath.Base(filepath.Dir(f)))
	}
	return out
}
