package cli

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/pflag"
)

// A savedPlan is what plan --out keeps, so that setup can apply exactly that. It holds what plan
// shows and no more: what else must be compared is in it as short keyed hashes.
//
// A plan is not carried out from the file. setup reads the org as ever and makes its own plan; the
// saved one says what that must be.
type savedPlan struct {
	Sum        string       `json:"sum"`           // of the rest of the text, so that a damaged file is known
	Format     int          `json:"dealroutePlan"` // of this file
	Tool       string       `json:"tool"`          // version
	Deployment string       `json:"deployment"`
	File       string       `json:"file"` // as it was named
	Org        string       `json:"org"`
	OrgID      string       `json:"orgId"`
	Sandbox    bool         `json:"sandbox"`
	Flags      []string     `json:"flags"` // those that shape a plan, sorted
	Salt       string       `json:"salt"`
	Wanted     []plan.Print `json:"wanted"`
	Found      []plan.Print `json:"found"`
	Plan       view.Plan    `json:"plan"` // as plan -o json prints it
}

// planFormat is the version of the file.
const planFormat = 1

// shaping are the flags that are part of a plan.
var shaping = []string{"adopt", "allow-unstaffed", "cutover", "force-unlock"}

// emptySum stands in the text of which the sum is taken.
const emptySum = `"sum": ""`

func sumOf(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

// shapes lists the shaping flags among some that are set.
func shapes(set map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(shaping), func(f string) bool { return !set[f] })
}

// savePlan writes a plan whole or not at all, for nobody else to read.
func savePlan(env session, path string, l *loaded, target *org, cfg reconcile.Config, r *reconcile.Reconciler, shown view.Plan) error {
	id := r.Identity()
	s := savedPlan{
		Format: planFormat, Tool: env.version(), Deployment: l.deployment.Name, File: l.path, Org: id.OrgName, OrgID: id.OrgID, Sandbox: target.sandbox != nil,
		Flags: shapes(flagsOf(cfg)), Salt: rand.Text(), Plan: shown,
	}
	s.Wanted, s.Found = plan.Wanted(cfg.Desired, s.Salt), plan.Seen(r.Found(), cfg.Desired, s.Salt)
	text, err := discreetJSON(env, s)
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte(emptySum), fmt.Appendf(nil, `"sum": %q`, sumOf(text)), 1)
	if err := writeFile(path, text, 0o600); err != nil {
		return fail(fmt.Errorf("save the plan: %w", err), "name a file in a folder that can be written")
	}
	command := []string{"dealroute", "setup", path}
	if f := env.settings.file; f != "" {
		command = append(command, "-f", f)
	}
	if env.settings.sandbox {
		command = append(command, "--sandbox")
	}
	diag.Fprintf(env.IO.Err, "the plan is saved; \"%s\" applies exactly this, or refuses when something has changed\n", view.ReplayCommand(command...))
	return nil
}

// mayHold refuses to save a plan over what is none: a slip of the hand would cost the deployment file.
func mayHold(path string) error {
	there, err := readFile(path, maxText)
	switch {
	case errors.Is(err, os.ErrNotExist), err == nil && (len(there) == 0 || bytes.Contains(there, []byte(`"dealroutePlan"`))):
		return nil
	case err != nil:
		return fail(fmt.Errorf("save the plan in %s: %w", path, err), "name a file in a folder that can be written")
	}
	return fail(fmt.Errorf("%s holds something else than a saved plan, and is left alone", path), "name another file with --out")
}

func flagsOf(cfg reconcile.Config) map[string]bool {
	return map[string]bool{"adopt": cfg.Adopt, "allow-unstaffed": cfg.AllowUnstaffed, "cutover": cfg.Cutover, "force-unlock": cfg.ForceUnlock}
}

// discreetJSON is a value as every output would show it: the secrets of the run are not in it.
func discreetJSON(env session, v any) ([]byte, error) {
	var b bytes.Buffer
	w := view.NewWriter(&b, env.known)
	if err := view.JSON(w, v); err != nil {
		return nil, err
	}
	err := w.Flush()
	return b.Bytes(), err
}

// readPlan reads a saved plan. One that is no plan is an error, as is one of a later format.
func readPlan(path string) (*savedPlan, error) {
	damaged := func(why string) error {
		return fail(fmt.Errorf("the saved plan %s cannot be used: %s", path, why), "make it again with dealroute plan --out")
	}
	text, err := readFile(path, maxText)
	if err != nil {
		return nil, fail(fmt.Errorf("read the saved plan %s: %w", path, err), "make one with dealroute plan --out FILE")
	}
	var head struct {
		Sum    string `json:"sum"`
		Format *int   `json:"dealroutePlan"`
		Tool   string `json:"tool"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Format == nil {
		if json.Valid(text) || !bytes.Contains(text, []byte(`"dealroutePlan"`)) {
			return nil, damaged("it is no plan of dealroute")
		}
		return nil, damaged("it is damaged")
	}
	if *head.Format > planFormat {
		return nil, fail(fmt.Errorf("the saved plan %s is of a later format, by dealroute %s", path, diag.Plain(head.Tool)), "apply it with that version")
	}
	bare := bytes.Replace(text, fmt.Appendf(nil, `"sum": %q`, head.Sum), []byte(emptySum), 1)
	s := &savedPlan{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil || head.Sum != sumOf(bare) {
		return nil, damaged("it is damaged, or was changed by hand")
	}
	return s, nil
}

// shapeBy takes the flags of a saved plan. One that is given again and says otherwise is refused.
func (s *savedPlan) shapeBy(o *setupOptions) error {
	into := map[string]*bool{"adopt": &o.adopt, "allow-unstaffed": &o.allowUnstaffed, "cutover": &o.cutover, "force-unlock": &o.forceUnlock}
	for _, f := range shaping {
		planned := slices.Contains(s.Flags, f)
		if slices.Contains(o.given, f) && *into[f] != planned {
			how := "was made without it"
			if planned {
				how = "was made with it"
			}
			return fail(fmt.Errorf("--%s=%t contradicts the saved plan, which %s", f, *into[f], how), "leave the flag out, or make another plan")
		}
		*into[f] = planned
	}
	return nil
}

// givenOf lists the shaping flags that the command line names.
func givenOf(f *pflag.FlagSet) []string {
	return slices.DeleteFunc(slices.Clone(shaping), func(name string) bool { return !f.Changed(name) })
}

// stale is the answer to whether a saved plan may be applied: no. Nothing was changed.
func (s *savedPlan) stale(format string, args ...any) error {
	err := errors.New("the saved plan is not applied: " + diag.Plain(fmt.Sprintf(format, args...)))
	return &failure{finding: diag.Finding{Message: err.Error(), Hint: "make another plan with dealroute plan --out, and look at it; nothing was changed"}, cause: err, no: true}
}

// before compares what is known without asking the org.
func (s *savedPlan) before(env session, l *loaded) error {
	switch {
	case s.Deployment != l.deployment.Name:
		return s.stale("it is of deployment %q, and %s is of %q", s.Deployment, l.path, l.deployment.Name)
	case s.Sandbox && !env.settings.sandbox && env.settings.genesysBase == "":
		return s.stale("it is of the sandbox, and this is a real org (--sandbox is not given)")
	case !s.Sandbox && env.settings.sandbox:
		return s.stale("it is of org %q (%s), and this is the sandbox", s.Org, s.OrgID)
	case s.Tool != env.version():
		return s.stale("it was made by dealroute %s, and this is %s", s.Tool, env.version())
	}
	return nil
}

// most is how many of a list are named.
const most = 8

func listed[T fmt.Stringer](all []T) string {
	var out []string
	for i, x := range all {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(all)-most))
			break
		}
		out = append(out, x.String())
	}
	return strings.Join(out, "; ")
}

// sameWanted compares what must exist: the file, its templates, and the owners that it joins.
func (s *savedPlan) sameWanted(l *loaded, desired genesys.Set) error {
	shifts := plan.Shifts(s.Wanted, plan.Wanted(desired, s.Salt))
	if len(shifts) == 0 {
		return nil
	}
	for i := range shifts {
		shifts[i].How = strings.NewReplacer("it is gone", "it is no longer part of the deployment", "it is new", "it is new in the deployment").Replace(shifts[i].How)
	}
	file := l.path
	if s.File != l.path {
		file = fmt.Sprintf("%s (it was made from %s)", l.path, s.File)
	}
	return s.stale("%s or its templates say other than when it was made: %s", file, listed(shifts))
}

// same compares the org, and the plan that is made of it now.
func (s *savedPlan) same(env session, target *org, desired genesys.Set, r *reconcile.Reconciler) error {
	if id := r.Identity(); id.OrgID != s.OrgID {
		return s.stale("it is of org %q (%s), and this is %q (%s)", s.Org, s.OrgID, id.OrgName, id.OrgID)
	}
	then := changesOf(s.Plan)
	if then.Pending() && !r.Plan().Pending() && len(r.Plan().Held()) == 0 {
		return s.stale("it is applied already, or all that it would change was changed by others: there is nothing to do")
	}
	if shifts := plan.Shifts(s.Found, plan.Seen(r.Found(), desired, s.Salt)); len(shifts) > 0 {
		return s.stale("the org has changed since: %s", listed(shifts))
	}
	text, err := discreetJSON(env, shownPlan(target, r, nil, nil))
	if err != nil {
		return err
	}
	var now view.Plan
	if err := json.Unmarshal(text, &now); err != nil {
		return err
	}
	if shifts := then.Unlike(changesOf(now)); len(shifts) > 0 {
		return s.stale("it would not be done as it says: %s", listed(shifts))
	}
	return nil
}

// goOn gives a failed application of a saved plan its next step: what was done of it is done, so
// the plan is not what remains.
func goOn(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err
	}
	told := *f
	told.finding.Hint = strings.Replace(f.finding.Hint, "run it again", "run setup without the saved plan, or make another one", 1)
	return &told
}

// changesOf reads a plan back from what was shown of it.
func changesOf(p view.Plan) plan.Plan {
	var out plan.Plan
	for _, c := range p.Changes {
		one := plan.Change{Key: genesys.Key{Kind: genesys.Kind(c.Kind), Name: c.Name}, Action: c.Action}
		if c.ID != nil {
			one.ID = *c.ID
		}
		if c.Reason != nil {
			one.Reason = *c.Reason
		}
		for _, f := range c.Fields {
			one.Fields = append(one.Fields, plan.Field{Path: f.Path, Old: f.Old, New: f.New})
		}
		out.Changes = append(out.Changes, one)
	}
	return out
}
