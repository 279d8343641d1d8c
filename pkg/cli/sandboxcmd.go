package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type sandboxCmdOptions struct {
	session
	latency, jobTime, crmLatency, exportTime time.Duration
	genesys, hubspot                         string
	faults                                   []string
}

func newSandboxCmd(env *Env, run func(context.Context, sandboxCmdOptions) error, reset func(context.Context, session) error) *cobra.Command {
	var o sandboxCmdOptions
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve both emulators on loopback, for other clients to use",
		Long: `Serve an emulated Genesys Cloud org and an emulated HubSpot account on loopback until it is
interrupted. It is the org that --sandbox uses in every other command: the state is kept
between commands, in one file per deployment.

Point a client at it by the addresses and credentials that are printed; docs/emulators.md says how
to do so with Terraform, Genesys' gc and the Node clients, and what is emulated. It answers to
loopback addresses and to localhost, and to no page of another site. --timeout does not end it.`,
		Example: `  dealroute sandbox --latency 80ms --job-time 5s
  dealroute sandbox reset`,
		Args:        cobra.NoArgs,
		Annotations: map[string]string{serves: ""},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.DurationVar(&o.latency, "latency", 0, "time each call to the org takes")
	f.DurationVar(&o.jobTime, "job-time", 0, "time the job takes that publishes a flow")
	f.DurationVar(&o.exportTime, "export-time", 0, "time the export of a flow takes")
	f.DurationVar(&o.crmLatency, "hubspot-latency", 0, "time each call to HubSpot takes")
	f.StringVar(&o.genesys, "genesys-address", "127.0.0.1:0", "loopback address of the org")
	f.StringVar(&o.hubspot, "hubspot-address", "127.0.0.1:0", "loopback address of HubSpot")
	f.StringArrayVar(&o.faults, "fault", nil, "N=STATUS: the Nth call to the org answers that status; N=reset closes the connection")
	cmd.AddCommand(&cobra.Command{
		Use: "reset", Short: "Forget the sandbox of this deployment", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return reset(cmd.Context(), env.session()) },
	})
	return cmd
}

// parseOrgFaults reads "N=STATUS" and "N=reset".
func parseOrgFaults(texts []string) ([]genesystest.Fault, error) {
	var out []genesystest.Fault
	for _, t := range texts {
		n, kind, _ := strings.Cut(t, "=")
		nth, err := strconv.Atoi(n)
		f := genesystest.Fault{Nth: nth, RetryAfter: 1}
		if kind != "reset" {
			var e error
			f.Status, e = strconv.Atoi(kind)
			err = errors.Join(err, e)
		}
		if err != nil || nth < 1 || kind != "reset" && (f.Status < 400 || f.Status > 599) {
			return nil, fail(fmt.Errorf("--fault %q is not known", t), "write N=STATUS with a status from 400 to 599, or N=reset")
		}
		out = append(out, f)
	}
	return out, nil
}

func runSandbox(ctx context.Context, o sandboxCmdOptions) (err error) {
	env := o.session
	for _, a := range []string{o.genesys, o.hubspot} {
		if !strings.HasPrefix(a, "127.0.0.1:") && !strings.HasPrefix(a, "[::1]:") && !strings.HasPrefix(a, "localhost:") {
			return fail(fmt.Errorf("address %q is not on loopback", a), "use 127.0.0.1 with a port; 0 takes a free one")
		}
	}
	l, b, err := load(env, false)
	if err != nil {
		return err
	}
	so := sandboxOptions{latency: o.latency, jobTime: o.jobTime, exportTime: o.exportTime, address: o.genesys, crmAddress: o.hubspot}
	if so.faults, err = parseOrgFaults(o.faults); err != nil {
		return err
	}
	if o.crmLatency > 0 {
		so.crmLatency = func(hubspottest.Kind) time.Duration { return o.crmLatency }
	}
	s, err := openSandbox(ctx, env, l, b, so)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	info := view.Sandbox{
		Schema: view.Schema, Genesys: s.api, HubSpot: s.crm, Client: genesystest.ClientID, Secret: genesystest.ClientSecret, Key: hubspottest.DefaultToken, State: s.path,
	}
	if env.settings.json {
		err = view.JSON(env.IO.Out, info)
	} else {
		err = view.PrintSandbox(env.IO.Out, info)
	}
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func runSandboxReset(ctx context.Context, env session) (err error) {
	l, err := readDeployment(env, false)
	if err != nil {
		return err
	}
	path, err := sandboxPath(env, l.deployment.Name)
	if err != nil {
		return err
	}
	s := &sandbox{path: path} // the lock: a server that runs would write its state again
	if err := s.acquire(ctx, time.Second); err != nil {
		return err
	}
	defer closing(s, &err)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(fmt.Errorf("remove %s: %w", path, reason(err)), "")
	}
	if env.settings.json {
		return view.JSON(env.IO.Out, view.SandboxReset{Schema: view.Schema, Reset: path})
	}
	diag.Fprintf(env.IO.Out, "the sandbox of %s is forgotten\n", l.deployment.Name)
	return nil
}
