package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// evalOptions are those of eval for Architect expressions.
type evalOptions struct {
	session
	expression string   // - for one a line from standard input
	set        []string // name=value
	now        time.Time
	flowType   string // as Archy writes it; empty when none is given
	check      bool
	showPII    bool
}

// evalVelocityOptions are those of eval --velocity.
type evalVelocityOptions struct {
	session
	template, contextFile string // template - for questions from standard input
	lax                   bool
}

// evalJSONPathOptions are those of eval --jsonpath.
type evalJSONPathOptions struct {
	session
	path, documentFile string // path - for questions from standard input
}

func newEvalCmd(env *Env, run func(context.Context, evalOptions) error, runVelocity func(context.Context, evalVelocityOptions) error, runPath func(context.Context, evalJSONPathOptions) error) *cobra.Command {
	var o evalOptions
	var v evalVelocityOptions
	var p evalJSONPathOptions
	var now string
	cmd := &cobra.Command{
		Use:   "eval EXPRESSION|-",
		Short: "Evaluate an Architect expression, a Velocity template or a JSONPath",
		Long: `Evaluate an expression of Genesys Cloud Architect and print its type and value, or the
error with its place. Queues, skills, users and the like are made up as they are named.

With - one expression a line is read, and one JSON object a line answers, in order:
{"expression","type","result"} or {"expression","error"}. With --check nothing is
evaluated: a line is {"expression","variables","target","flowType"} and its answer
{"ok","type"} or {"ok","error","position"}.

--flow-type says in which flow the expression stands: built-in variables and functions that
such flows do not have are errors then. Without it the variables are those of an inbound
call, and every function is there.

--velocity renders a template with the variables of --context, --jsonpath reads a path in
--document; with - as template or path a line is {"template","context"} or
{"path","document"}, and its answer {"ok"}, {"definite","result"} or {"error"}.`,
		Example: `  dealroute eval '42 / 8'
  dealroute eval 'If(IsSet(Flow.Tries), Flow.Tries, 0) + 1' --set Flow.Tries=2
  dealroute eval 'ToCommunication(Message.Message.body)' --flow-type inboundShortMessage --check
  dealroute eval --velocity '$input.a' --context context.json
  dealroute eval --jsonpath '$.results[0].id' --document reply.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			languages := 0
			for _, name := range []string{"velocity", "jsonpath"} {
				if cmd.Flags().Changed(name) {
					languages++
				}
			}
			if languages+len(args) != 1 {
				return usage(cmd.CommandPath(), errors.New("give one expression, or --velocity, or --jsonpath"))
			}
			o.session, v.session, p.session = env.session(), env.session(), env.session()
			switch {
			case cmd.Flags().Changed("velocity"):
				return runVelocity(cmd.Context(), v)
			case cmd.Flags().Changed("jsonpath"):
				return runPath(cmd.Context(), p)
			}
			o.expression, o.now = args[0], env.Now()
			if now != "" {
				t, err := readTime("--now", now)
				if err != nil {
					return err
				}
				o.now = t
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.set, "set", nil, "give a variable a value, as Flow.Tries=2, Flow.Name=Ada or Flow.Rate:Decimal=5 (may be repeated)")
	f.StringVar(&now, "now", "", "the time GetCurrentDateTimeUtc answers with (default: now)")
	f.Var(choice{into: &o.flowType, of: architect.FlowTypes(), fold: true}, "flow-type", "type of the flow the expression stands in, such as inboundCall or digitalBot")
	f.BoolVar(&o.check, "check", false, "only parse and find the type")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask the phone numbers of --set; needs a terminal")
	f.StringVar(&v.template, "velocity", "", "a Velocity template, or - for questions from standard input")
	f.StringVar(&v.contextFile, "context", "", "JSON file with the variables of --velocity")
	f.BoolVar(&v.lax, "lax", false, "with --velocity: leave references without a value as they are")
	f.StringVar(&p.path, "jsonpath", "", "a JSONPath, or - for questions from standard input")
	f.StringVar(&p.documentFile, "document", "", "JSON file that --jsonpath reads")
	return cmd
}

func runEval(ctx context.Context, o evalOptions) error {
	if err := personal(o.IO, o.showPII); err != nil {
		return err
	}
	scope, env, err := evalScope(o)
	if err != nil {
		return err
	}
	mask := evalMask(o)
	if o.expression == "-" {
		if o.check {
			return evalLines(ctx, o.IO, func(line string) any { return answerCheck(line, o.flowType) })
		}
		return evalLines(ctx, o.IO, func(line string) any {
			a, _, _ := evalOne(o, line, scope, env)
			return a.Masked(mask)
		})
	}
	a, finding, failed := evalOne(o, o.expression, scope, env)
	a = a.Masked(mask)
	switch {
	case o.settings.json:
		if err := view.JSONLine(o.IO.Out, a); err != nil {
			return err
		}
	case failed:
		diag.Print(mask.Writer(o.IO.Err, false), finding, []byte(o.expression))
	case o.check:
		diag.Fprintf(o.IO.Out, "%s\n", a.Type)
	default:
		diag.Fprintf(o.IO.Out, "%s %s\n", a.Type, a.Result)
	}
	if failed {
		return errNo
	}
	return nil
}

// evalMask hides the callers among the variables. Numbers that the expression itself holds are
// its author's: without a caller nothing is hidden.
func evalMask(o evalOptions) *privacy.Mask {
	given := map[string]any{}
	for _, s := range o.set {
		name, text, _ := strings.Cut(s, "=")
		name, _, _ = strings.Cut(strings.TrimSpace(name), ":")
		given[name] = strings.Trim(text, `"`)
	}
	mask := privacy.New(privacy.Options{Show: o.showPII})
	if !mask.Inputs(given) {
		return privacy.New(privacy.Options{Show: true})
	}
	return mask
}

// evalScope declares the variables of --set beside the built-in ones of the flow type.
func evalScope(o evalOptions) (*expr.Table, *expr.Static, error) {
	scope := expr.NewTable(expr.BuiltIns(cmp.Or(o.flowType, usualFlowType))...)
	env := &expr.Static{At: o.now, Lang: "en-us", Objects: madeUpObject}
	given := map[int]expr.Value{}
	for _, s := range o.set {
		name, text, ok := strings.Cut(s, "=")
		if !ok {
			return nil, nil, fail(fmt.Errorf("--set %q has no value", s), "write it as Flow.Tries=2")
		}
		name, typ, typed := strings.Cut(strings.TrimSpace(name), ":")
		v, err := setValue(text, typ, typed, env)
		if err != nil {
			return nil, nil, fail(fmt.Errorf("--set %s: %w", name, err), "write it as Flow.Tries=2, Flow.Name=Ada or Flow.Rate:Decimal=5")
		}
		given[scope.Declare(name, v.Type())] = v
	}
	env.Values = scope.Blank()
	for slot, v := range given {
		env.Values[slot] = v
	}
	return scope, env, nil
}

// setValue reads the value of a variable: an expression, else the text itself.
func setValue(text, typ string, typed bool, env expr.Env) (expr.Value, error) {
	var target *expr.Type
	if typed {
		t, ok := expr.ParseType(typ)
		if !ok {
			return expr.Value{}, fmt.Errorf("there is no type %q", typ)
		}
		target = &t
	}
	p, err := expr.Compile(text, expr.NewTable(), target)
	if err != nil && target != nil {
		p, err = expr.CompileNode(expr.Text(text), expr.NewTable(), target)
	}
	if err != nil {
		if target != nil {
			return expr.Value{}, err
		}
		return expr.OfString(text), nil
	}
	return p.Eval(env)
}

// madeUpObject is an organisation that has whatever it is asked for; names that differ in
// case are one object.
func madeUpObject(kind expr.Type, name string) (expr.Value, bool) {
	id := strings.ToLower(kind.String() + "-" + name)
	return expr.OfObject(kind, id, name, expr.Named{Name: "username", Value: expr.OfString(name)}), true
}

// usualFlowType is the flow type whose built-in variables are known when none is named.
const usualFlowType = "inboundCall"

// foreign is the error of a function that flows of that type do not have. An expression that
// cannot be read has another error.
func foreign(text, flowType string) error {
	if n, err := expr.Parse(text); err == nil && flowType != "" {
		return expr.Foreign(n, flowType)
	}
	return nil
}

// evalOne evaluates, or only checks, one expression.
func evalOne(o evalOptions, text string, scope *expr.Table, env expr.Env) (view.Eval, diag.Finding, bool) {
	a := view.Eval{Expression: text}
	p, err := expr.Compile(text, scope, nil)
	if away := foreign(text, o.flowType); away != nil {
		err = away
	}
	if err == nil {
		a.Type = p.Type().String()
		if o.check {
			return a, diag.Finding{}, false
		}
		var v expr.Value
		if v, err = p.Eval(env); err == nil {
			a.Result = v.String()
			return a, diag.Finding{}, false
		}
	}
	f := evalFinding(text, err)
	if f.Hint == "" && !expr.AllBuiltIns(o.flowType) && strings.HasPrefix(f.Message, "there is no variable") {
		f.Hint = "only some built-in variables of such flows are known; give another a value with --set"
	}
	a.Type, a.Error, a.Hint = "", f.Message, f.Hint
	var bad *expr.Error
	if errors.As(err, &bad) {
		n := utf8.RuneCountInString(text[:min(bad.Offset, len(text))])
		a.Position = &n
	}
	return a, f, true
}

// evalFinding places an error of an expression in its text.
func evalFinding(text string, err error) diag.Finding {
	f := diag.Finding{Message: err.Error()}
	offset := 0
	var bad *expr.Error
	var broke *expr.EvalError
	switch {
	case errors.As(err, &bad):
		offset = min(bad.Offset, len(text))
		f.Message, f.Hint = bad.Message, bad.Hint
		f.Length = utf8.RuneCountInString(text[offset:min(offset+bad.Length, len(text))])
	case errors.As(err, &broke):
		offset = min(broke.Offset, len(text))
		f.Length = utf8.RuneCountInString(broke.Func)
		f.Hint = "in a flow this is where its error handling begins"
	}
	f.Position = source.New("expression", []byte(text)).Position(offset)
	return f
}

// checkQuestion is a line of eval --check -.
type checkQuestion struct {
	Expression string            `json:"expression"`
	Variables  map[string]string `json:"variables"`
	Target     string            `json:"target"`
	FlowType   string            `json:"flowType"`
}

func answerCheck(line, flowType string) any {
	q := checkQuestion{FlowType: flowType}
	if err := json.Unmarshal([]byte(line), &q); err != nil {
		return view.EvalCheck{Error: "the question is not JSON: " + err.Error()}
	}
	scope := expr.NewTable(expr.BuiltIns(cmp.Or(q.FlowType, usualFlowType))...)
	for name, typ := range q.Variables {
		t, ok := expr.ParseType(typ)
		if !ok {
			return view.EvalCheck{Error: fmt.Sprintf("there is no type %q", typ)}
		}
		scope.Declare(name, t)
	}
	var target *expr.Type
	if q.Target != "" {
		t, ok := expr.ParseType(q.Target)
		if !ok {
			return view.EvalCheck{Error: fmt.Sprintf("there is no type %q", q.Target)}
		}
		target = &t
	}
	typed, err := expr.CheckText(q.Expression, scope, target)
	if away := foreign(q.Expression, q.FlowType); away != nil {
		err = away
	}
	if err == nil {
		return view.EvalCheck{OK: true, Type: typed.Type.String(), Conversion: typed.Conversion}
	}
	a := view.EvalCheck{Error: err.Error()}
	var bad *expr.Error
	if errors.As(err, &bad) {
		n := utf8.RuneCountInString(q.Expression[:min(bad.Offset, len(q.Expression))])
		a.Error, a.Hint, a.Position = bad.Message, bad.Hint, &n
	}
	return a
}

// evalLines answers every line of standard input with a line of JSON, unless the answer is
// none.
func evalLines(ctx context.Context, s *Streams, answer func(line string) any) error {
	in, out := bufio.NewReaderSize(s.In, 1<<16), bufio.NewWriter(s.Out)
	for ctx.Err() == nil {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			out.Flush() //nolint:errcheck // what was answered before; the first error counts
			return err
		}
		if a := answer(string(line)); a != nil {
			if err := view.JSONLine(out, a); err != nil {
				return err
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return ctx.Err()
}
