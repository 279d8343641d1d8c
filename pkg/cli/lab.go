package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/lab"
	"github.com/dealroute/dealroute/pkg/view"
)

type labOptions struct {
	session
	port     int
	idle     time.Duration
	open     bool
	fixtures string
	org      string
	at       string
	suite    string
}

func newLabCmd(env *Env, run func(context.Context, labOptions) error) *cobra.Command {
	var o labOptions
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "Serve a page on loopback: edit the file, dial, watch the call",
		Long: `Serve a page on which the deployment file is edited and called: dial a number or a caller of the
fixtures, choose faults, the time and what the org lacks, and watch the call go through the
picture of the flow step by step, with what HubSpot is asked and answers and what the agent sees.
What is edited is checked and rendered as it changes, in memory.

The calls are those of simulate, on fixtures: crm.yaml and org.yaml beside the deployment file.
They share the breaker, the switch, HubSpot's limits and a virtual clock, until the run is begun
anew. No account is asked, and nothing is sent anywhere.

Two files are written, and only when you say so on the page: the deployment file, unless it has
changed on disk meanwhile, and the suite that a call is added to.

The address that is printed holds a token; whoever has it can do what the page can. It is good for
this run, on this machine. --open gives the browser another address, which is good once and for a
minute: the token is in no command line, where others on the same machine could see it. The lab
ends with Ctrl-C, or when nobody has used it for an hour.`,
		Example: `  dealroute lab
  dealroute lab -f examples/basic/dealroute.yaml --port 8321 --open
  dealroute demo --lab`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{serves: ""},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.port, "port", 0, "port on loopback; 0 takes a free one")
	f.DurationVar(&o.idle, "idle", time.Hour, "how long nobody must have used the page before it ends")
	f.BoolVar(&o.open, "open", false, "open the page in the browser; on a terminal only")
	f.StringVar(&o.fixtures, "fixtures", "", "file with the CRM and the org's state (default: crm.yaml beside the deployment file)")
	f.StringVar(&o.org, "org", "", "file with the hours and people of the org (default: org.yaml beside the deployment file)")
	f.StringVar(&o.at, "at", "", "when the first call comes in, as 2026-11-23T09:00:00Z (default: the time that the fixtures name, else now)")
	f.StringVar(&o.suite, "suite", "", "file of calls to which a call is added when you say so (default: calls.yaml beside the deployment file)")
	return cmd
}

// suiteName is the name of the suite beside a deployment file.
const suiteName = "calls.yaml"

func runLab(ctx context.Context, o labOptions) error {
	env := o.session
	if err := o.check(); err != nil {
		return err
	}
	path, err := findDeployment(env)
	if err != nil {
		return err
	}
	if path == stdinName {
		return fail(errors.New("the lab edits a file, and standard input is none"), "name the deployment file with -f FILE")
	}
	text, err := readFile(path, maxDeployment)
	if err != nil {
		return notRead("deployment file", path, err, "name an existing file with -f FILE")
	}
	if lab.HoldsSecret(text, env.known) {
		return fail(fmt.Errorf("%s holds what looks like a secret, and is not shown", path), "take it out: secrets come from the environment; dealroute validate says where it stands")
	}
	dir := filepath.Dir(path)
	suite := o.suite
	if suite == "" {
		suite = filepath.Join(dir, suiteName)
	}
	cfg := lab.Config{Text: text, File: diskFile{path, maxDeployment}, Suite: diskFile{suite, maxText}}
	return o.serve(ctx, loaded{path: path, dir: dir, files: folder(dir)}, cfg, suite)
}

// runDemoLab opens the lab on the example of the demo, which is on no disk.
func runDemoLab(ctx context.Context, o demoOptions) error {
	if o.report.given {
		return fail(errors.New("--lab and --report exclude each other"), "leave out the one that you do not mean")
	}
	l, err := ofExample(demoExample)
	if err != nil {
		return err
	}
	cfg := lab.Config{
		Text: l.source, Why: "this is the example of the program: \"" + exampleCommand + "\" writes its files, and dealroute lab opens them",
		New: func(name string) (lab.File, error) { return diskFile{name, maxDeployment}, nil },
	}
	x := labOptions{session: o.session, idle: time.Hour}
	return x.serve(ctx, loaded{path: l.path, dir: l.dir, files: l.files}, cfg, "")
}

func (o labOptions) check() error {
	if o.port < 0 || o.port > 65535 {
		return fail(fmt.Errorf("--port %d is no port", o.port), "use one from 1024 to 65535; 0 takes a free one")
	}
	if o.idle < time.Second {
		return fail(fmt.Errorf("--idle %s is too short", o.idle), "write it as 10m or 1h; a second at least")
	}
	for _, f := range []string{o.fixtures, o.org} {
		if f == "" {
			continue
		}
		if _, err := readFile(f, maxText); err != nil {
			return fail(fmt.Errorf("read %s: %w", f, err), "name another file, or leave the flag out")
		}
	}
	_, err := startTime(o.session, o.at)
	return err
}

// serve opens the lab and waits for its end.
func (o labOptions) serve(ctx context.Context, base loaded, cfg lab.Config, suite string) error {
	env := o.session
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cfg.Bench = &labBench{env: env, base: base, suite: suite, options: simulateOptions{
		session: env, at: o.at, fixtures: o.fixtures, org: o.org, crm: "fixtures", flow: "rendered", trace: true, loose: true,
	}}
	cfg.Version, cfg.Log, cfg.Known, cfg.Append = env.version(), env.log(), env.known, func(text []byte, entry string) ([]byte, int, error) {
		return appendCall(suite, text, entry)
	}
	s := lab.New(ctx, cfg)
	l, err := loopback(ctx, o.port)
	if err != nil {
		return err
	}
	address := "http://" + l.Addr().String() + "/#" + s.Token()
	if env.settings.json {
		err = view.JSON(env.IO.Out, view.Lab{Schema: view.Schema, Address: address, File: base.path, Idle: o.idle.String()})
	} else {
		_, err = diag.Fprintf(env.IO.Out, "lab of %s: %s\nThe address is good for this run, on this machine, for whoever has it. Ctrl-C ends the lab, and %s without use.\n", base.path, address, o.idle)
	}
	if err == nil {
		err = env.IO.flush()
	}
	if err != nil {
		l.Close() //nolint:errcheck // the first error counts
		return err
	}
	if o.open {
		o.browse(ctx, "http://"+l.Addr().String()+s.Once())
	}
	forgotten, err := s.Serve(ctx, l, o.idle)
	if forgotten {
		diag.Fprintf(env.IO.Err, "nobody used the lab for %s: it ended\n", o.idle)
	}
	return err
}

// loopback listens where only this machine reaches it. A machine may have only the loopback of
// IPv6; a port that is taken on that of IPv4 is none to take there, where whoever has the other
// one could be met by mistake.
func loopback(ctx context.Context, port int) (net.Listener, error) {
	listen := func(host string, port int) (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	}
	l, err := listen("127.0.0.1", port)
	if err == nil {
		return l, nil
	}
	if probe, failed := listen("127.0.0.1", 0); failed == nil {
		probe.Close() //nolint:errcheck // it was only tried
	} else if l, failed := listen("::1", port); failed == nil {
		return l, nil
	}
	return nil, fail(fmt.Errorf("listen on loopback: %w", err), "choose another port with --port, or 0 for a free one")
}

// browse opens the page in the browser. The address is printed, so that nothing is lost when
// there is none.
func (o labOptions) browse(ctx context.Context, address string) {
	env := o.session
	if !env.IO.OutTerminal {
		diag.Fprintf(env.IO.Err, "note: --open opens a browser from a terminal only; open the address yourself\n")
		return
	}
	if err := openBrowser(ctx, address); err != nil {
		diag.Fprintf(env.IO.Err, "note: no browser could be opened (%v); open the address yourself\n", err)
	}
}

// A diskFile is a file that the page may write when the user says so.
type diskFile struct {
	path string
	most int64
}

// Path is lab.File's.
func (f diskFile) Path() string { return f.path }

// Read is lab.File's.
func (f diskFile) Read() ([]byte, error) {
	data, err := readFile(f.path, f.most)
	if errors.Is(err, os.ErrNotExist) {
		err = fs.ErrNotExist
	}
	return data, err
}

// Write is lab.File's.
func (f diskFile) Write(data []byte) error { return rewriteFile(f.path, data) }

var _ lab.Bench = (*labBench)(nil)
var _ lab.Desk = (*labDesk)(nil)
