package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/view"
)

type flowCheckOptions struct {
	session
	files   []string // or - alone, for questions from standard input
	verbose bool
}

func newFlowCheckCmd(env *Env, run func(context.Context, flowCheckOptions) error) *cobra.Command {
	var o flowCheckOptions
	cmd := &cobra.Command{
		Use:   "check FILE|FOLDER|-…",
		Short: "Check Architect flows as Genesys' own validation does",
		Long: `Check Architect flows (YAML as exported or rendered) without an org.

What Genesys' validation refuses is an error under its code, what it warns of a warning;
what it accepts and should not has a code of ours (DR-FLOW-…) and is no error. Of the org
everything is taken to be there that the flow refers to. Of flows that are no calls only
names, references and the syntax of expressions are checked. Of a folder all flows in it and
below it are checked.

A file has one line for each kind of error and warning; --verbose shows every finding, and
the notes: what one should know and need not change.

With - a flow is read from standard input, or questions, one {"id","org","flow"} as JSON a line with
the flow's YAML decoded, and answered in order with {"id","errors","warnings"}, each a list
of {"path","code","message"}.

Exit codes: 0 no errors, 2 errors were found, 1 a file cannot be read.`,
		Example: `  dealroute flow check flow.yaml
  dealroute flow check flows
  dealroute flow check - -o json < questions.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.files = env.session(), args
			return run(cmd.Context(), o)
		},
	}
	verboseFlag(cmd.Flags(), &o.verbose)
	return cmd
}

func runFlowCheck(ctx context.Context, o flowCheckOptions) error {
	if len(o.files) == 1 && o.files[0] == stdin && o.questions() {
		return runFlowQuestions(ctx, o)
	}
	files, err := filesOf(ctx, o.files, flowFiles())
	if err != nil {
		return err
	}
	var all diag.Findings
	out := checked{verbose: o.verbose}
	for _, arg := range files {
		data, path, err := o.readNamed("", arg, maxText)
		if err != nil {
			return notRead("flow", arg, err, "name an existing file, or - for standard input")
		}
		f, found := architect.Parse(path, data)
		found = append(found, check.Flow(f, architect.OrgAuto)...)
		for i := range found {
			if found[i].Position.File == "" {
				found[i].Position.File = path
			}
		}
		found = found.Sorted()
		all = append(all, found...)
		if o.settings.json {
			continue
		}
		if !o.verbose {
			for i := range found {
				found[i].Path = "" // the line and the caret show the place
			}
		}
		if err := out.file(o.IO.Out, found, func(diag.Finding) []byte { return data }); err != nil {
			return err
		}
	}
	n := all.Counts()
	if o.settings.json {
		if err := view.JSON(o.IO.Out, view.NewChecked(all)); err != nil {
			return err
		}
	} else {
		out.sum(o.IO.Out, n, len(files))
	}
	if n[diag.Error] > 0 {
		return errNo
	}
	return nil
}

// questions looks whether standard input has them or a flow. What begins as a question is answered
// while it comes; anything else is read first.
func (o flowCheckOptions) questions() bool {
	in := bufio.NewReader(o.IO.In)
	o.IO.In = in
	if c, err := in.Peek(1); err != nil || c[0] == '{' {
		return true
	}
	data, err := io.ReadAll(io.LimitReader(in, maxText+1))
	o.IO.In = io.MultiReader(bytes.NewReader(data), in)
	return err != nil || !flowFiles().is(stdinName, data)
}

type flowQuestion struct {
	ID   json.RawMessage `json:"id"`
	Org  architect.Org   `json:"org"`
	Flow json.RawMessage `json:"flow"`
}

// runFlowQuestions answers line by line; a line that is no question is answered too, so
// that answers stay beside their questions.
func runFlowQuestions(ctx context.Context, o flowCheckOptions) error {
	return evalLines(ctx, o.IO, func(line string) any {
		if line = strings.TrimSpace(line); line == "" {
			return nil
		}
		return answerFlow([]byte(line))
	})
}

func answerFlow(line []byte) view.FlowAnswer {
	q := flowQuestion{}
	if err := json.Unmarshal(line, &q); err != nil {
		return view.NewFlowAnswer(nil, diag.Findings{{Code: architect.CodeSyntax, Message: "no question: " + err.Error()}})
	}
	f, found := architect.FromJSON("", q.Flow)
	return view.NewFlowAnswer(q.ID, append(found, check.Flow(f, q.Org)...))
}
