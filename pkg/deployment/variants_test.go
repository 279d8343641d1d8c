package deployment

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Leaf is one value of a deployment, defaults included.
type Leaf struct {
	Path string // such as routing.rules[0].to.queue
	Text string // the value in one form per meaning: 3s and 3000ms are the same leaf
}

// Leaves lists every value of the deployment, sorted by path; what is absent is not there.
func (d *Deployment) Leaves() []Leaf {
	var out []Leaf
	leaves("", reflect.ValueOf(d).Elem(), &out)
	slices.SortFunc(out, func(a, b Leaf) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func leaves(path string, v reflect.Value, out *[]Leaf) {
	add := func(path, format string, args ...any) { *out = append(*out, Leaf{path, fmt.Sprintf(format, args...)}) }
	if v.Kind() == reflect.Pointer {
		if !v.IsNil() {
			leaves(path, v.Elem(), out)
		}
		return
	}
	switch x := v.Interface().(type) {
	case time.Duration:
		add(path, "%s", words.Span(x))
		return
	case routing.Decimal:
		add(path, "%s", x)
		return
	case Greeting:
		if x.Text != "" {
			add(path, "%q", x.Text)
		}
		if x.Prompt != "" {
			add(path+".prompt", "%q", x.Prompt)
		}
		return
	case ScreenPop:
		if x.Mode == PopScript {
			add(path+".script", "%q", x.Script)
		} else {
			add(path, "%q", x.Mode)
		}
		return
	case Ending:
		if x.Queue+x.Flow == "" {
			add(path, "%q", Disconnect)
		}
		for key, s := range map[string]string{"queue": x.Queue, "flow": x.Flow} {
			if s != "" {
				add(path+"."+key, "%q", s)
			}
		}
		return
	case Breaker:
		if !x.Enabled {
			add(path, `"none"`)
			return
		}
	case FactTest:
		list := path
		if len(x.Not) > 0 || x.Prefix != "" || x.IgnoreCase {
			list = path + ".any"
		}
		for i, s := range x.Any {
			add(fmt.Sprintf("%s[%d]", list, i), "%q", s)
		}
		for i, s := range x.Not {
			add(fmt.Sprintf("%s.not[%d]", path, i), "%q", s)
		}
		if x.Prefix != "" {
			add(path+".prefix", "%q", x.Prefix)
		}
		if x.IgnoreCase {
			add(path+".case", "ignore")
		}
		for key, p := range map[string]*routing.Decimal{"min": x.Min, "max": x.Max} {
			if p != nil {
				add(path+"."+key, "%s", p)
			}
		}
		for key, p := range map[string]*int{"within": x.Within, "before": x.Before, "after": x.After} {
			if p != nil {
				add(path+"."+key, "%dd", *p)
			}
		}
		if x.Set != nil {
			add(path+".set", "%v", *x.Set)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			leaves(join(path, f.name), v.Field(f.index), out)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			leaves(join(path, k.String()), v.MapIndex(k), out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(fmt.Sprintf("%s[%d]", path, i), v.Index(i), out)
		}
	case reflect.String:
		if v.Len() > 0 {
			add(path, "%q", v.String())
		}
	default:
		add(path, "%v", v.Interface())
	}
}

// A Variant is a deployment file with one value changed.
type Variant struct {
	Path string
	Was  string
	Is   string
	Data []byte
}

// Variants changes each scalar value of a file in turn, to another of its choices where it
// has some, else to a near one; keys of maps that the user names are changed, too. It is for
// tests that ask of every value whether it matters. Flow and block style both work, anchors
// do not; the text around the value stays as it is.
func Variants(data []byte) ([]Variant, error) {
	doc, faults := source.New("", data).YAML(source.Limits{Bytes: maxFile})
	if len(faults) > 0 {
		return nil, fmt.Errorf("make variants: %w", faults[0].Finding(""))
	}
	v := variants{lines: strings.SplitAfter(string(data), "\n")}
	v.walk("", doc.Content[0], reflect.TypeFor[Deployment](), field{})
	return v.out, v.err
}

type variants struct {
	lines []string
	out   []Variant
	err   error
}

func (v *variants) walk(path string, n *yaml.Node, t reflect.Type, f field) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, c := n.Content[i], n.Content[i+1]
			p := join(path, k.Value)
			var ct reflect.Type
			var cf field
			switch {
			case t == nil:
			case t.Kind() == reflect.Map:
				ct = t.Elem()
				v.change(p, k, other(k, nil, field{}))
			case t.Kind() == reflect.Struct:
				for _, g := range fieldsOf(t) {
					if g.name == k.Value {
						ct, cf = t.Field(g.index).Type, g
					}
				}
			}
			v.walk(p, c, ct, cf)
		}
	case yaml.SequenceNode:
		var ct reflect.Type
		if t != nil && t.Kind() == reflect.Slice {
			ct = t.Elem()
		}
		for i, c := range n.Content {
			v.walk(fmt.Sprintf("%s[%d]", path, i), c, ct, f)
		}
	case yaml.ScalarNode:
		v.change(path, n, other(n, t, f))
	}
}

// other is a value that is not n's and is of its kind.
func other(n *yaml.Node, t reflect.Type, f field) string {
	for _, e := range f.enum {
		if e != n.Value {
			return e
		}
	}
	switch t {
	case reflect.TypeFor[Breaker]():
		return "{afterTimeout: 7s}"
	case reflect.TypeFor[ScreenPop]():
		if n.Value == PopManaged {
			return PopNone
		}
		return PopManaged
	case reflect.TypeFor[Outcomes](), reflect.TypeFor[routing.Outcome]():
		for _, o := range routing.Outcomes() {
			if string(o) != n.Value {
				return string(o)
			}
		}
	case reflect.TypeFor[time.Duration]():
		if x, err := time.ParseDuration(n.Value); err == nil {
			return (x + time.Second).String()
		}
	}
	if n.ShortTag() == "!!bool" {
		return strconv.FormatBool(!strings.EqualFold(n.Value, "true"))
	}
	s := n.Value
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if x, err := strconv.Atoi(days); err == nil {
			return fmt.Sprintf("%dd", x+1)
		}
	}
	if s == "" {
		return "x"
	}
	// The last character becomes its neighbour, so that numbers stay numbers and codes codes.
	last := s[len(s)-1]
	switch {
	case last == '9':
		return s[:len(s)-1] + "8"
	case last >= '0' && last < '9', last >= 'a' && last < 'z', last >= 'A' && last < 'Z':
		return s[:len(s)-1] + string(last+1)
	}
	return s + "a"
}

// change cuts the value out of its line and puts another one there.
func (v *variants) change(path string, n *yaml.Node, to string) {
	if n.Line < 1 || n.Line > len(v.lines) || strings.ContainsRune(n.Value, '\n') {
		return
	}
	line := []rune(v.lines[n.Line-1])
	from := n.Column - 1
	end := from + source.Width(n)
	if quotes := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0; quotes {
		from, end = from+1, end-1
	}
	if from < 0 || end > len(line) || string(line[from:end]) != n.Value {
		v.err = fmt.Errorf("make variants: %s in line %d is written with escapes or over several lines", path, n.Line)
		return
	}
	lines := slices.Clone(v.lines)
	lines[n.Line-1] = string(line[:from]) + to + string(line[end:])
	v.out = append(v.out, Variant{Path: path, Was: n.Value, Is: to, Data: []byte(strings.Join(lines, ""))})
}
