package blueprint

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// What a template may take, far beyond those that are built in. text/template itself bounds
// nothing but how deep templates call each other, and cannot be stopped from outside.
const (
	maxTemplate = 1 << 20   // bytes of a template
	maxOutput   = 16 << 20  // bytes that one gives, with marks
	maxSteps    = 1_000_000 // pieces that it writes, and branches and templates it enters
	maxValue    = 1 << 20   // bytes of a text that a function makes
)

var (
	errOutput = fmt.Errorf("the template gives more than %d MB", maxOutput>>20)
	errSteps  = fmt.Errorf("the template goes on for more than %d steps", maxSteps)
	errValue  = fmt.Errorf("a function is given, or makes, a value of more than %d MB", maxValue>>20)
)

// A page takes what a template gives, within the limits.
type page struct {
	text  strings.Builder
	steps int
	line  string // of the template, from the last step that tells it
}

// stepMark begins a piece that only counts: the number of a line follows.
const stepMark = "\x02"

// Write is called for each piece of the template that is executed.
func (p *page) Write(b []byte) (int, error) {
	if p.steps++; p.steps > maxSteps {
		return 0, errSteps
	}
	if p.text.Len()+len(b) > maxOutput {
		return 0, errOutput
	}
	if len(b) > 0 && b[0] == stepMark[0] {
		p.line = string(b[1:])
		return len(b), nil
	}
	return p.text.Write(b)
}

// at is the line that was executed when a limit was reached, 1 when none told its own.
func (p *page) at() int {
	n, err := strconv.Atoi(p.line)
	if err != nil {
		return 1
	}
	return n
}

// fits is a text that a function made.
func fits(s string) (string, error) {
	if len(s) > maxValue {
		return "", errValue
	}
	return s, nil
}

// weigh takes the size of a value from what is left. It ends, whatever points where.
func weigh(v reflect.Value, left *int) {
	if *left--; *left < 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		*left -= v.Len()
	case reflect.Interface, reflect.Pointer:
		weigh(v.Elem(), left)
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && *left >= 0; i++ {
			weigh(v.Index(i), left)
		}
	case reflect.Map:
		for m := v.MapRange(); *left >= 0 && m.Next(); {
			weigh(m.Key(), left)
			weigh(m.Value(), left)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField() && *left >= 0; i++ {
			weigh(v.Field(i), left)
		}
	}
}

// light is an error for values that are too much for a function.
func light(xs ...any) error {
	left := maxValue
	for _, x := range xs {
		weigh(reflect.ValueOf(x), &left)
	}
	if left < 0 {
		return errValue
	}
	return nil
}

// bounded makes a function of text/template's own one that has no limit.
func bounded(f func(xs ...any) string) func(xs ...any) (string, error) {
	return func(xs ...any) (string, error) {
		if err := light(xs...); err != nil {
			return "", err
		}
		return fits(f(xs...))
	}
}

// wideVerb is a verb of printf with a width or a precision that no text needs.
var wideVerb = pattern.Of(`%[^a-zA-Z%]*(\*|[0-9]{4})`)

// printf is bounded by its verbs: each may print the largest value.
func printf(format string, xs ...any) (string, error) {
	switch err := light(xs...); {
	case err != nil:
		return "", err
	case wideVerb().MatchString(format) || strings.Count(format, "%") > 100:
		return "", errors.New("printf with a wide verb, or with more than 100 verbs")
	}
	return fits(fmt.Sprintf(format, xs...))
}

// args is the one argument that a partial takes, made of several. Lists in it count, what a
// template was given does not: it is no copy.
func args(xs ...any) ([]any, error) {
	left := maxValue
	var count func(xs []any)
	count = func(xs []any) {
		for _, x := range xs {
			if left--; left < 0 {
				return
			}
			switch x := x.(type) {
			case string:
				left -= len(x)
			case []any:
				count(x)
			}
		}
	}
	if count(xs); left < 0 {
		return nil, errValue
	}
	return xs, nil
}

// helpers print nothing: what they give must go through a quoting function. Those of
// text/template that make texts stand here with limits.
var helpers = template.FuncMap{
	"args":     args,
	"print":    bounded(fmt.Sprint),
	"println":  bounded(fmt.Sprintln),
	"printf":   printf,
	"html":     bounded(template.HTMLEscaper),
	"js":       bounded(template.JSEscaper),
	"urlquery": bounded(template.URLQueryEscaper),
}
