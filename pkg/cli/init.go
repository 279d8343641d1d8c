package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/starter"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

type initOptions struct {
	session
	answers starter.Answers // but for the region, which is a setting
	out     string
}

func newInitCmd(env *Env, run func(context.Context, initOptions) error) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first deployment file of your own, with callers and a suite to try it with",
		Long: `Write dealroute.yaml with comments, crm.yaml with invented callers, and calls.yaml, a
suite of their calls. They validate, prove and simulate as they stand. Nothing is overwritten, and
either all three are written or none.

On a terminal what is missing is asked. Anywhere else the flags say it: --name, --region,
--countries and --fallback-queue are needed, and nothing is ever asked.

With HUBSPOT_SERVICE_KEY the account's pipelines, stages and properties are read, with a client
of Genesys Cloud the org's queues, skills, numbers and schedule groups: they become the choices,
and stand in the file. What cannot be read is said, and the file is written without it. Nothing
is written to either; no name of a person and no secret comes into the files. With --sandbox the
emulators are read.`,
		Example: `  dealroute init
  dealroute init --name acme-inbound --region eu-central-1 --countries DE,AT --fallback-queue Support
  dealroute init --name acme-inbound --region us-east-1 --countries US --fallback-queue Support \
      --number +15135550100 --deals-queue Sales --out acme`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("file") { // to leave it unheard would write elsewhere
				return fail(errors.New("init writes a file of its own: -f names one that is there"), "name the folder to write to with --out DIR")
			}
			o.session = env.session()
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.answers.Name, string(starter.Name), "", "name of the deployment: prefix and mark of everything that setup makes")
	f.StringSliceVar(&o.answers.Countries, string(starter.Countries), nil, "home countries of your callers, as ISO 3166 has them, such as US,CA; the first reads numbers without country code")
	f.StringArrayVar(&o.answers.Numbers, string(starter.Numbers), nil, "a called number of the call route, in E.164; repeatable")
	f.StringVar(&o.answers.Fallback, string(starter.Fallback), "", "queue for everybody whom no rule takes")
	f.StringSliceVar(&o.answers.FallbackSkills, string(starter.Skills), nil, "skills that agents of that queue must hold")
	f.StringSliceVar(&o.answers.Stages, string(starter.Stages), nil, "ids of the open stages whose callers go first (default: those near the end of a pipeline)")
	f.StringVar(&o.answers.DealsQueue, string(starter.Deals), "", "queue for callers with an open deal (default: that of --fallback-queue)")
	f.StringVar(&o.out, "out", ".", "folder to write the files to")
	return cmd
}

func runInit(ctx context.Context, o initOptions) error {
	if o.out == "" {
		return fail(errors.New("nowhere to write to"), "name a folder with --out DIR, or leave it out for this one")
	}
	if ext := filepath.Ext(o.out); ext == ".yaml" || ext == ".yml" {
		return fail(fmt.Errorf("--out names a folder, not a file like %s", filepath.Base(o.out)), "name the folder that "+starter.DeploymentFile+" is to stand in")
	}
	names := []string{starter.DeploymentFile, starter.CallersFile, starter.SuiteFile}
	if err := nothingThere(o.out, names); err != nil {
		return o.thereAlready(err)
	}
	region, err := o.region()
	if err != nil {
		return err
	}
	o.answers.Region, o.answers.Numbers = region, starter.SplitNumbers(o.answers.Numbers...)
	o.answers.Countries = starter.SplitList(strings.Join(o.answers.Countries, ",")) // as they are read where they are asked
	for _, list := range [][]string{o.answers.FallbackSkills, o.answers.Stages} {
		for i := range list {
			list[i] = strings.TrimSpace(list[i])
		}
	}
	ask := o.prompter()
	if missing := o.answers.Missing(); len(missing) > 0 && ask == nil {
		return o.unasked(missing)
	}
	if err := o.checkGiven(nil); err != nil {
		return err
	}
	whole := len(o.answers.Missing()) == 0
	if !whole {
		if err := o.askFirst(ctx, ask); err != nil {
			return err
		}
	}
	read := o.read(ctx)
	if ctx.Err() != nil {
		return stoppedBefore(ctx)
	}
	if !whole {
		if err := o.askRest(ctx, ask, read.found); err != nil {
			return err
		}
	}
	if err := o.checkGiven(read.found.Account); err != nil {
		return err
	}
	files, err := starter.Files(o.answers, read.found)
	if err != nil {
		return refused(err)
	}
	if err := writeNew(o.out, files); err != nil {
		return o.thereAlready(err)
	}
	return o.report(read)
}

// region is where the org is: what flag, environment or profile say; empty when nothing does.
func (o *initOptions) region() (string, error) {
	if o.settings.region != "" || o.settings.profile == "" {
		return o.settings.region, nil
	}
	p, err := readProfile(o.session, o.settings.profile)
	return p.Environment, err
}

// thereAlready is the error of a file that is not overwritten or cannot be written, with the way on from it.
func (o *initOptions) thereAlready(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return fail(err, "name a folder that can be written to with --out DIR")
	}
	hint := "name another folder with --out: nothing is overwritten"
	if strings.Contains(f.finding.Message, starter.DeploymentFile) {
		hint = fmt.Sprintf("nothing is overwritten: go on from it with %q, or name another folder with --out", "dealroute validate"+o.fileFlag())
	}
	return fail(f.cause, hint)
}

// unasked names every answer that is missing where nobody can be asked.
func (o *initOptions) unasked(missing []starter.Question) error {
	examples := map[starter.Question]string{starter.Name: "acme-inbound", starter.Region: "eu-central-1", starter.Countries: "DE", starter.Fallback: "Support"}
	var flags, line []string
	for _, q := range missing {
		flags, line = append(flags, "--"+string(q)), append(line, "--"+string(q)+" "+examples[q])
	}
	said := "is"
	if len(flags) > 1 {
		said = "are"
	}
	all := strings.Join(flags, ", ")
	if last := len(flags) - 1; last > 0 {
		all = strings.Join(flags[:last], ", ") + " and " + flags[last]
	}
	return fail(fmt.Errorf("%s %s missing, and nobody can be asked: this is no terminal", all, said), "add, for instance, "+strings.Join(line, " ")+`; see "dealroute init --help"`)
}

// checkGiven refuses the first answer that would not do.
func (o *initOptions) checkGiven(account *starter.Account) error {
	given := map[starter.Question]bool{
		starter.Name: o.answers.Name != "", starter.Region: o.answers.Region != "", starter.Countries: len(o.answers.Countries) > 0,
		starter.Numbers: len(o.answers.Numbers) > 0, starter.Fallback: o.answers.Fallback != "", starter.Skills: len(o.answers.FallbackSkills) > 0,
		starter.Deals: o.answers.DealsQueue != "", starter.Stages: len(o.answers.Stages) > 0 && account != nil,
	}
	for _, q := range []starter.Question{starter.Name, starter.Region, starter.Countries, starter.Numbers, starter.Fallback, starter.Skills, starter.Deals, starter.Stages} {
		if given[q] {
			if err := o.answers.Check(q, account); err != nil {
				return refused(err)
			}
		}
	}
	return nil
}

// refused is the failure for an answer that is not taken.
func refused(err error) error {
	var wrong *starter.WrongError
	if !errors.As(err, &wrong) {
		return err
	}
	return fail(fmt.Errorf("--%s: %w", wrong.Question, err), wrong.Hint)
}

// fileFlag is how commands name the file that was written, from where the user stands.
func (o *initOptions) fileFlag() string {
	if filepath.Clean(o.out) == "." && o.settings.file == "" { // DEALROUTE_FILE names another one
		return ""
	}
	return " -f " + word(filepath.Join(o.out, deploymentFile))
}

// report says what was read and written, and the commands that go on from it, in order.
func (o *initOptions) report(read accountsRead) error {
	f := o.fileFlag()
	out := view.Init{
		Schema: view.Schema, Folder: o.out, Read: append([]string{}, read.said...), Notes: append([]string{}, o.notes(read)...),
		Files: []view.InitFile{
			{Name: starter.DeploymentFile, Holds: "the deployment: change it, its comments say how"},
			{Name: starter.CallersFile, Holds: "invented callers, as HubSpot would know them"},
			{Name: starter.SuiteFile, Holds: "a call for each rule, and what is expected of it"},
		},
	}
	out.Next = []view.InitStep{
		{Command: "dealroute validate" + f, Does: "checks and proves it; needs no account"},
		{Command: "dealroute simulate" + f + " --ani " + starter.Caller(o.answers, read.found), Does: "where this caller goes, and why"},
		{Command: "dealroute simulate" + f + " --suite " + word(filepath.Join(o.out, starter.SuiteFile)), Does: "all of them"},
		{Command: "dealroute setup --sandbox --yes" + f, Does: "everything, in an emulated org"},
	}
	if !read.org || !read.crm {
		var missing []string
		if !read.org {
			missing = append(missing, "GENESYSCLOUD_OAUTHCLIENT_ID=…", "GENESYSCLOUD_OAUTHCLIENT_SECRET=…")
		}
		if !read.crm {
			missing = append(missing, keyVariable+"=…")
		}
		out.Next = append(out.Next, view.InitStep{Command: "export " + strings.Join(missing, " "), Does: "then your own org"})
	}
	out.Next = append(out.Next,
		view.InitStep{Command: "dealroute validate --online" + f, Does: "would a setup work there; reads only"},
		view.InitStep{Command: "dealroute doctor" + f, Does: "would both accounts carry the calls; reads only"},
		view.InitStep{Command: "dealroute plan" + f, Does: "what it would change; reads only"})
	if o.settings.json {
		return view.JSON(o.IO.Out, out)
	}
	return view.PrintInit(o.IO.Out, out)
}

// notes say what of the answers an account does not have.
func (o *initOptions) notes(read accountsRead) []string {
	notes := read.notes
	org := read.found.Org
	if org == nil || org.Queues == nil || org.Emulated { // setup --sandbox has another org, with all queues of the file
		return notes
	}
	for _, q := range slices.Compact([]string{o.answers.Fallback, o.answers.DealsQueue}) {
		if q == "" || slices.Contains(org.Queues, q) {
			continue
		}
		hint := "; make it there, or let setup make it: manage.queues: true"
		if near := diag.DidYouMean(q, org.Queues); near != "" {
			hint = "; " + near
		}
		notes = append(notes, diag.Sprintf("the org has no queue %q%s", q, hint))
	}
	return notes
}
