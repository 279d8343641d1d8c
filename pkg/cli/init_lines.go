package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A linePrompter asks line by line, without moving the cursor: a screen reader reads it in order, and a
// terminal need obey nothing. The forms' own mode for this leaves out what they say below a title, and
// takes what is preset at the end of the input.
type linePrompter struct {
	env session
	in  *bufio.Reader
}

func newLinePrompter(env session) *linePrompter {
	return &linePrompter{env, bufio.NewReader(env.IO.In)}
}

func (p *linePrompter) ask(_ context.Context, q *question) error {
	diag.Fprintf(p.env.IO.Err, "%s\n  %s\n", q.title, q.help)
	for i, o := range q.of {
		diag.Fprintf(p.env.IO.Err, "  %d. %s\n", i+1, cmp.Or(q.shown[o], o))
	}
	label := "Answer"
	switch {
	case len(q.of) > 0 && q.many:
		label = "Numbers of the list, with commas"
	case len(q.of) > 0 && q.other:
		label = "Number of the list, or another name"
	case len(q.of) > 0:
		label = "Number of the list"
	}
	if len(q.of) > 0 && len(q.value) > 0 {
		label += "; Enter for " + strings.Join(q.places(), ", ")
	}
	for {
		diag.Fprintf(p.env.IO.Err, "%s: ", label)
		if err := p.env.IO.flush(); err != nil { // the question is seen before it is answered
			return reason(err)
		}
		line, err := readLine(p.in)
		if err != nil {
			diag.Fprintf(p.env.IO.Err, "\n")
			return err
		}
		v, err := q.picked(strings.TrimSpace(string(line)))
		if err == nil {
			q.value = v
			return nil
		}
		diag.Fprintf(p.env.IO.Err, "That will not do: %s.\n", err.Error())
	}
}

// places are the numbers in the list of what is chosen before.
func (q *question) places() []string {
	var out []string
	for _, v := range q.value {
		out = append(out, strconv.Itoa(slices.Index(q.of, v)+1))
	}
	return out
}

// picked reads numbers of the list, names in it, and where it may be others.
func (q *question) picked(line string) ([]string, error) {
	if len(q.of) == 0 {
		return q.typed(line)
	}
	if line == "" && (len(q.value) > 0 || q.many) {
		return q.value, q.check(q.value)
	}
	words := []string{line}
	if q.many {
		words = strings.Split(line, ",")
	}
	var out []string
	for _, w := range words {
		w = strings.TrimSpace(w)
		n, err := strconv.Atoi(w)
		switch {
		case slices.Contains(q.of, w):
		case err == nil && n >= 1 && n <= len(q.of) && !strings.HasPrefix(w, "+"):
			w = q.of[n-1]
		case !q.other:
			return nil, fmt.Errorf("%q is no number from 1 to %d", w, len(q.of))
		}
		out = append(out, w)
	}
	return out, q.check(out)
}
