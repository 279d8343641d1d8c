package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/starter"
)

// A question is one that a person is asked on a terminal.
type question struct {
	title, help string
	of          []string          // to choose from; none: it is typed
	shown       map[string]string // how one of them is shown, where not as it is
	many, other bool              // several may be chosen; one that is not there may be typed
	value       []string          // what is chosen before, then what was answered
	read        func(string) []string
	check       func([]string) error
}

// typed reads what was typed and judges it.
func (q *question) typed(s string) ([]string, error) {
	v := []string{strings.TrimSpace(s)}
	if q.read != nil {
		v = q.read(s)
	}
	return v, q.check(v)
}

// A prompter asks a person. errAborted ends it.
type prompter interface {
	ask(ctx context.Context, q *question) error
}

// errAborted is what a person says by Ctrl-C, whether the terminal makes a signal of it or not.
var errAborted = errors.New("interrupted: nothing was written")

// stoppedBefore is why a command ended before it wrote anything.
func stoppedBefore(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return errAborted
	}
	return ctx.Err()
}

// prompter is how a person is asked here; nil where nobody can be. In lines where the terminal obeys
// nothing or is too low for a form, or where a screen reader wants it so (ACCESSIBLE).
func (o *initOptions) prompter() prompter {
	s := o.IO
	if o.claimed != "" || !s.InTerminal || !s.OutTerminal || !s.ErrTerminal {
		return nil
	}
	if in, ok := s.In.(*input); ok && s.line != nil && o.Getenv("ACCESSIBLE") == "" {
		if f, ok := in.r.(*os.File); ok && (rowsOf(f) == 0 || rowsOf(f) >= leastRows) {
			return &formPrompter{in: f, out: s.line.w, plain: o.settings.plain || o.Getenv("NO_COLOR") != "", say: o.answered}
		}
	}
	return newLinePrompter(o.session)
}

// answered leaves the question with its answer on the terminal.
func (o *initOptions) answered(q *question) {
	diag.Fprintf(o.IO.Err, "%s  %s\n", diag.In(diag.Accent, q.title), cmp.Or(strings.Join(q.value, ", "), "none"))
	o.IO.flush() //nolint:errcheck // what cannot be written is told when the command ends
}

// one has a question whose answer is a single text answered.
func one(ctx context.Context, p prompter, q *question, into *string) error {
	if err := p.ask(ctx, q); err != nil {
		return unwrittenAnswer(ctx, err)
	}
	*into = ""
	if len(q.value) > 0 {
		*into = q.value[0]
	}
	return nil
}

// unwrittenAnswer says of a question that nobody answered that nothing was written.
func unwrittenAnswer(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return stoppedBefore(ctx)
	case errors.Is(err, errAborted):
		return err
	case errors.Is(err, io.EOF):
		return fail(errors.New("no answer: nothing was written"), `give the answers as flags: see "dealroute init --help"`)
	}
	return fmt.Errorf("ask: %w", err)
}

// askFirst asks what must be known before an account is read.
func (o *initOptions) askFirst(ctx context.Context, p prompter) error {
	a := &o.answers
	if a.Name == "" {
		q := &question{title: "Name of the deployment", help: "Everything that setup makes begins with it, such as acme-inbound.", check: func(v []string) error {
			return checkAnswer(starter.Name, starter.Answers{Name: v[0]})
		}}
		if err := one(ctx, p, q, &a.Name); err != nil {
			return err
		}
	}
	if a.Region != "" {
		return nil
	}
	q := &question{title: "Region of your Genesys Cloud org", help: "The domain stands in your browser's address, behind apps.", of: deployment.Regions(), shown: map[string]string{}, other: true, check: func(v []string) error {
		return checkAnswer(starter.Region, starter.Answers{Region: v[0]})
	}}
	for _, r := range q.of {
		domain, _ := deployment.Domain(r)
		q.shown[r] = fmt.Sprintf("%-15s %s (%s)", r, domain, starter.Home(r))
	}
	return one(ctx, p, q, &a.Region)
}

// askRest asks what the accounts give choices for.
func (o *initOptions) askRest(ctx context.Context, p prompter, found starter.Found) error {
	a := &o.answers
	if len(a.Countries) == 0 {
		q := &question{title: "Home countries of your callers", help: "Such as GB, IE. Numbers without country code are read in the first.", read: starter.SplitList, check: func(v []string) error {
			if len(v) == 0 {
				return errors.New("at least one country is needed")
			}
			return checkAnswer(starter.Countries, starter.Answers{Countries: v})
		}}
		if err := p.ask(ctx, q); err != nil {
			return unwrittenAnswer(ctx, err)
		}
		a.Countries = q.value
	}
	if len(a.Numbers) == 0 {
		if err := o.askNumbers(ctx, p, found.Org); err != nil {
			return err
		}
	}
	var queues []string
	if found.Org != nil {
		queues = slices.DeleteFunc(slices.Clone(found.Org.Queues), func(n string) bool { return starter.Answers{Fallback: n}.Check(starter.Fallback, nil) != nil })
	}
	if a.Fallback == "" {
		q := &question{title: "Queue for everybody whom no rule takes", help: "By its name in Genesys Cloud. Calls go there also when HubSpot is silent.", of: queues, other: true, check: func(v []string) error {
			return checkAnswer(starter.Fallback, starter.Answers{Fallback: v[0]})
		}}
		if err := one(ctx, p, q, &a.Fallback); err != nil {
			return err
		}
	}
	if found.Account == nil || found.Account.Pipelines == nil {
		return nil
	}
	return o.askRules(ctx, p, found.Account, queues)
}

func (o *initOptions) askNumbers(ctx context.Context, p prompter, org *starter.Org) error {
	a := &o.answers
	q := &question{title: "Numbers that callers dial", help: "Such as +442079460000, with commas between them. None for now: Enter.", many: true, other: true,
		read: func(s string) []string { return starter.SplitNumbers(s) },
		check: func(v []string) error {
			return checkAnswer(starter.Numbers, starter.Answers{Countries: a.Countries, Numbers: v})
		}}
	if org != nil {
		q.of = slices.DeleteFunc(slices.Clone(org.Free), func(n string) bool {
			return starter.Answers{Countries: a.Countries, Numbers: []string{n}}.Check(starter.Numbers, nil) != nil
		})
		if len(q.of) > 0 {
			q.help = "Those that nothing uses in the org. None for now: Enter."
		}
	}
	if err := p.ask(ctx, q); err != nil {
		return unwrittenAnswer(ctx, err)
	}
	a.Numbers = q.value
	return nil
}

// askRules asks whose callers go first, and where.
func (o *initOptions) askRules(ctx context.Context, p prompter, account *starter.Account, queues []string) error {
	a := &o.answers
	if a.Stages == nil {
		q := &question{title: "Stages whose callers go first", help: "Their open deals are answered before other open deals.", many: true, shown: map[string]string{}, check: func(v []string) error {
			return checkAnswer(starter.Stages, starter.Answers{Stages: v}, account)
		}}
		for _, s := range starter.OpenStages(account) {
			if slices.Contains(q.of, s.ID) {
				continue
			}
			q.of = append(q.of, s.ID)
			q.shown[s.ID] = s.Label + "  " + s.ID
			if len(account.Pipelines) > 1 {
				q.shown[s.ID] += " (" + s.Pipeline + ")"
			}
			if s.Late {
				q.value = append(q.value, s.ID)
			}
		}
		if len(q.of) > 1 {
			if err := p.ask(ctx, q); err != nil {
				return unwrittenAnswer(ctx, err)
			}
			a.Stages = append([]string{}, q.value...)
		}
	}
	if a.DealsQueue != "" {
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(queues), func(n string) bool { return n == a.Fallback })
	q := &question{title: "Queue for callers with an open deal", help: "By its name in Genesys Cloud.", of: append([]string{a.Fallback}, others...), other: true, value: []string{a.Fallback}, check: func(v []string) error {
		return checkAnswer(starter.Deals, starter.Answers{DealsQueue: v[0]})
	}}
	return one(ctx, p, q, &a.DealsQueue)
}

// checkAnswer refuses what was typed with the reason and the nearest right answer.
func checkAnswer(q starter.Question, a starter.Answers, account ...*starter.Account) error {
	of := (*starter.Account)(nil)
	if len(account) > 0 {
		of = account[0]
	}
	err := a.Check(q, of)
	var wrong *starter.WrongError
	if !errors.As(err, &wrong) {
		return err
	}
	if wrong.Hint == "" {
		return errors.New(diag.Line(wrong.Message))
	}
	return errors.New(diag.Line(wrong.Message + "; " + wrong.Hint))
}
