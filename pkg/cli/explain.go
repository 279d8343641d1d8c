package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/docs"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
)

type explainOptions struct {
	session
	code string
}

func newExplainCmd(env *Env, run func(context.Context, explainOptions) error) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a finding or an assumption means, and what to do",
		Long: `Print what the documentation says of the code of a finding or of an assumption: what is
wrong, why it matters, and what to do about it. The codes stand in square brackets behind each
finding. The beginning of codes, such as DA-TPL, lists those with their titles, and nothing all
of them.`,
		Example: "  dealroute explain DR-CALL-006\n  dealroute explain A-LISTS\n  dealroute explain DA-TPL",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, e := range explanations() {
				codes = append(codes, e.code)
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), explainOptions{env.session(), strings.Join(args, "")})
		},
	}
}

// An explanation is the section of a code.
type explanation struct{ code, title, text, page string }

// explanations reads the sections of both pages: a heading with a code, and the text up to the
// next one.
func explanations() (all []explanation) {
	for _, p := range []struct{ name, text, heading string }{{"docs/checks.md", docs.Checks, "\n### "}, {"docs/assumptions.md", docs.Assumptions, "\n## "}} {
		for i, section := range strings.Split(p.text, p.heading) {
			heading, text, _ := strings.Cut(section, "\n")
			if i == 0 {
				continue
			}
			code, title, _ := strings.Cut(heading, ": ")
			text, _, _ = strings.Cut(text, "\n## ")
			text, _, _ = strings.Cut(text, "\n<a id=")
			all = append(all, explanation{code, title, strings.TrimSpace(text), p.name + "#" + code})
		}
	}
	return all
}

// begins tells whether a code begins with some of its parts: DA and DA-TPL, but not DA-T. Nothing
// is the beginning of all.
func (e explanation) begins(with string) bool {
	code, with := strings.ToUpper(e.code), strings.ToUpper(strings.TrimRight(with, "-.*"))
	return with == "" || strings.HasPrefix(code, with+"-") || strings.HasPrefix(code, with+".")
}

// short is the title, or the first sentence of a section without one.
func (e explanation) short() string {
	if e.title != "" {
		return e.title
	}
	first, _, _ := strings.Cut(strings.Join(strings.Fields(e.text), " "), ". ")
	return strings.TrimSuffix(first, ".")
}

func runExplain(_ context.Context, o explainOptions) error {
	code := strings.Trim(o.code, "[]")
	var codes []string
	var listed []view.ExplainedCode
	for _, e := range explanations() {
		if !strings.EqualFold(e.code, code) {
			codes = append(codes, e.code)
			if e.begins(code) {
				listed = append(listed, view.ExplainedCode{Code: e.code, Title: e.short(), URL: e.page})
			}
			continue
		}
		if o.settings.json {
			return view.JSON(o.IO.Out, view.Explanation{Schema: view.Schema, Code: e.code, Title: e.title, Text: e.text, URL: e.page})
		}
		heading := e.code
		if e.title != "" {
			heading += ": " + e.title
		}
		_, err := diag.Fprintf(o.IO.Out, "%s\n\n%s\n", heading, diag.Block(diag.Wrap(e.text, o.IO.prose())))
		return err
	}
	if len(listed) > 0 {
		if o.settings.json {
			return view.JSON(o.IO.Out, view.ExplainedCodes{Schema: view.Schema, Codes: listed})
		}
		return view.Codes(o.IO.Out, listed)
	}
	hint := diag.DidYouMean(strings.ToUpper(code), codes)
	if hint == "" {
		hint = "codes stand in square brackets behind findings; \"dealroute explain\" lists all"
	}
	return fail(fmt.Errorf("there is no code %q", o.code), hint)
}
