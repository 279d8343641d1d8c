package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/spf13/pflag"
)

// moveOptions are what a deployment was or where its numbers go, which no deployment file says.
type moveOptions struct {
	former  string   // name that it had
	back    string   // call route that gets numbers back
	numbers []string // which; none: all
}

// flags adds them; plan says "plan to" before each.
func (m *moveOptions) flags(f *pflag.FlagSet, verb string) {
	f.StringVar(&m.former, "renamed-from", "", verb+"take over from the deployment of this name, which this one was: its call route gets the new name and keeps its numbers, and the rest of it is deleted last")
	f.StringVar(&m.back, "cutover-back", "", verb+"give the numbers back to the call route of this name, and do nothing else: the way back of --cutover")
	f.StringArrayVar(&m.numbers, "number", nil, "with --cutover-back: a number that goes back, in E.164 (repeatable; default: all of the deployment file)")
}

// alone reports whether there is none of them.
func (m moveOptions) alone() bool { return m.former == "" && m.back == "" && len(m.numbers) == 0 }

var deploymentName = pattern.Of(`^[a-z][a-z0-9-]{1,39}$`)

// check refuses what says nothing, or two things.
func (m moveOptions) check(d *deployment.Deployment, more bool) error {
	switch {
	case m.former != "" && !deploymentName().MatchString(m.former):
		return fail(fmt.Errorf("--renamed-from %q is no name of a deployment", m.former), "give the name that stood in its file")
	case m.back != "" && (m.former != "" || more):
		return fail(errors.New("--cutover-back does nothing else than to give numbers back"), "leave --cutover, --adopt and --renamed-from out")
	case len(m.numbers) > 0 && m.back == "":
		return fail(errors.New("--number says which numbers --cutover-back gives back"), "name the call route with --cutover-back")
	case m.former == d.Name && m.former != "":
		return fail(fmt.Errorf("--renamed-from %q is the name that the deployment file has", m.former), "give the name that it had before")
	}
	for _, n := range m.numbers {
		if p, err := phone.Parse(n, ""); err != nil || p.E164() != n {
			return fail(fmt.Errorf("--number %q is no number in E.164", phone.Mask(n)), "write it as calls.numbers does, such as +15135550100")
		}
		if !slices.Contains(d.Calls.Numbers, n) {
			return fail(fmt.Errorf("--number %s is not among calls.numbers", n), "only numbers of this deployment can be given back")
		}
	}
	return nil
}

// into puts them into a configuration.
func (m moveOptions) into(cfg *reconcile.Config) {
	cfg.Former, cfg.Return = m.former, reconcile.Return{Route: m.back, Numbers: m.numbers}
}

// sandbox lets a deployment that was renamed go on in the emulated org of its former name, as it
// would in a real one: each name has a file of its own. One in which it is set up already stays.
func (m moveOptions) sandbox(env session, name string) error {
	if m.former == "" || !env.settings.sandbox {
		return nil
	}
	from, err := sandboxPath(env, m.former)
	if err != nil {
		return err
	}
	to, err := sandboxPath(env, name)
	if err != nil {
		return err
	}
	was, err := readFile(from, maxState)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fail(fmt.Errorf("read the sandbox %s: %w", from, err), `start a new one with "dealroute sandbox reset"`)
	}
	now, err := readFile(to, maxState)
	if err == nil && bytes.Contains(now, []byte("deployment="+name+";")) {
		return nil
	}
	if err := writeFile(to, was, 0o600); err != nil {
		return fail(fmt.Errorf("copy the sandbox of %q: %w", m.former, err), "set XDG_STATE_HOME to a folder that can be written")
	}
	diag.Fprintf(env.IO.Err, "the emulated org of %q is copied, with what %q has in it\n", m.former, m.former)
	return nil
}
