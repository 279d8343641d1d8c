package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/dealroute/dealroute/pkg/diag"
	"golang.org/x/term"
)

// A formPrompter asks with one field at a time, and leaves the answer where the question was.
type formPrompter struct {
	in    *os.File
	out   io.Writer // the terminal itself: what a field shows is made safe before
	plain bool      // without colours
	say   func(*question)
}

// anotherOne is the choice after which something else is typed; no name has a control character.
const anotherOne = "\x00"

// mostRows is how many choices are seen at once; title, description and keys, or what is wrong, need
// aroundRows more. A form that is higher than its terminal loses its title and is painted without end.
const (
	mostRows   = 12
	aroundRows = 6
	leastRows  = aroundRows + 4
)

// rowsOf is how high a terminal is now, 0 when nobody knows.
func rowsOf(f *os.File) int {
	_, rows, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return rows
}

func (p *formPrompter) ask(ctx context.Context, q *question) error {
	typed := len(q.of) == 0
	if !typed {
		v, err := p.choose(ctx, q)
		if err != nil {
			return err
		}
		typed = slices.Contains(v, anotherOne)
		q.value = slices.DeleteFunc(v, func(s string) bool { return s == anotherOne })
	}
	if typed {
		chosen, title, text := q.value, q.title, ""
		if len(q.of) > 0 {
			title += " (another)"
		}
		field := huh.NewInput().Title(title).Description(q.help).Value(&text).Validate(func(s string) error {
			_, err := q.with(chosen, s)
			return err
		})
		if err := p.run(ctx, field); err != nil {
			return err
		}
		v, err := q.with(chosen, text)
		if err != nil {
			return err
		}
		q.value = v
	}
	p.say(q)
	return nil
}

// with is what was chosen and what was typed beside it.
func (q *question) with(chosen []string, text string) ([]string, error) {
	if !q.many || len(chosen) == 0 {
		return q.typed(text)
	}
	v := []string{text}
	if q.read != nil {
		v = q.read(text)
	}
	v = append(slices.Clone(chosen), v...)
	return v, q.check(v)
}

// choose has one or several of a list chosen.
func (p *formPrompter) choose(ctx context.Context, q *question) ([]string, error) {
	var options []huh.Option[string]
	for _, o := range q.of {
		options = append(options, huh.NewOption(diag.Line(cmp.Or(q.shown[o], o)), o))
	}
	if q.other {
		options = append(options, huh.NewOption("another, which I type", anotherOne))
	}
	rows := min(len(options), mostRows)
	if all := rowsOf(p.in); all > 0 {
		rows = min(rows, max(all, leastRows)-aroundRows) // it may have become lower since
	}
	rows += 2 // title and description are rows, too
	judge := func(v []string) error {
		if slices.Contains(v, anotherOne) {
			return nil // when it is typed
		}
		return q.check(v)
	}
	if q.many {
		v := slices.Clone(q.value)
		field := huh.NewMultiSelect[string]().Title(q.title).Description(q.help).Options(options...).Value(&v).Height(rows).Validate(judge)
		err := p.run(ctx, field)
		return v, err
	}
	v := ""
	if len(q.value) > 0 {
		v = q.value[0]
	}
	field := huh.NewSelect[string]().Title(q.title).Description(q.help).Options(options...).Value(&v).Height(rows).Validate(func(s string) error { return judge([]string{s}) })
	err := p.run(ctx, field)
	return []string{v}, err
}

// A turn is the terminal for one question. What waits for keys may outlive its question, and would take
// those of the next one (bubbletea 2.0.2 closes what it waits on before it has seen that it shall end).
type turn struct {
	*os.File
	over atomic.Bool
}

// Read gives keys while the question is asked.
func (t *turn) Read(p []byte) (int, error) {
	if t.over.Load() {
		return 0, io.EOF
	}
	return t.File.Read(p)
}

func (p *formPrompter) run(ctx context.Context, field huh.Field) error {
	in := &turn{File: p.in}
	defer in.over.Store(true)
	options := []tea.ProgramOption{tea.WithInput(in), tea.WithOutput(p.out), tea.WithoutSignalHandler()} // signals end the context
	if p.plain {
		options = append(options, tea.WithColorProfile(colorprofile.Ascii))
	}
	err := huh.NewForm(huh.NewGroup(field)).WithTheme(huh.ThemeFunc(huh.ThemeBase16)).WithProgramOptions(options...).RunWithContext(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, huh.ErrUserAborted):
		return errAborted
	}
	return err
}
