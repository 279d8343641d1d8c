package terraform

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// functions are those of Terraform that a text alone decides. Others are refused by the name.
func (m *Module) functions() map[string]function.Function {
	if m.library != nil {
		return m.library
	}
	out := map[string]function.Function{}
	m.library = out
	for name, f := range library() {
		out[name] = m.bounded(f)
	}
	out["can"], out["try"] = tryfunc.CanFunc, tryfunc.TryFunc // they evaluate their arguments themselves
	out["file"] = m.reader(func(t text) cty.Value { return cty.StringVal(t.str()) })
	out["filebase64"] = m.reader(func(t text) cty.Value { return cty.StringVal(base64.StdEncoding.EncodeToString(t.b)) })
	out["templatefile"] = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			t, ok := m.here.fill(args[0].AsString(), args[1], m.here.at)
			if !ok {
				return cty.UnknownVal(cty.String), nil
			}
			return cty.StringVal(t.str()), nil
		},
	})
	out["sensitive"] = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowNull: true, AllowDynamicType: true}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			if m.options.Reveal {
				m.keep(args[0])
				return args[0], nil
			}
			m.now.because("it is sensitive")
			return cty.UnknownVal(t), nil
		},
	})
	return out
}

// bounded is a function whose results, and whose work, are of a size that data actions may have.
func (m *Module) bounded(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) { return f.ReturnTypeForValues(args) },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !m.step(1) {
				return cty.NilVal, errors.New(tooMuchWork)
			}
			v, err := f.Call(args)
			if err == nil && !small(v) {
				return cty.NilVal, errors.New("its result is too large")
			}
			return v, err
		},
	})
}

func library() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "max": stdlib.MaxFunc, "min": stdlib.MinFunc, "signum": stdlib.SignumFunc, "parseint": stdlib.ParseIntFunc,
		"chomp": stdlib.ChompFunc, "indent": stdlib.IndentFunc, "join": stdlib.JoinFunc, "lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc, "title": stdlib.TitleFunc, "split": stdlib.SplitFunc,
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimsuffix": stdlib.TrimSuffixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc, "formatlist": widths(stdlib.FormatListFunc), "format": widths(stdlib.FormatFunc), "replace": replaceFunc,
		"coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc, "distinct": stdlib.DistinctFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "keys": stdlib.KeysFunc, "values": stdlib.ValuesFunc, "length": lengthFunc, "lookup": stdlib.LookupFunc, "merge": stdlib.MergeFunc,
		"range": stdlib.RangeFunc, "reverse": stdlib.ReverseListFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "zipmap": stdlib.ZipmapFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc,
		"tostring": stdlib.MakeToFunc(cty.String), "tonumber": stdlib.MakeToFunc(cty.Number), "tobool": stdlib.MakeToFunc(cty.Bool),
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"base64encode": onText(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
		"base64decode": onText(func(s string) (string, error) {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return "", errors.New("no base64")
			}
			return string(b), nil
		}),
		"urlencode":    onText(func(s string) (string, error) { return url.QueryEscape(s), nil }),
		"nonsensitive": stdlib.MakeToFunc(cty.DynamicPseudoType),
		"basename":     onText(func(s string) (string, error) { return path.Base(s), nil }),
		"dirname":      onText(func(s string) (string, error) { return path.Dir(s), nil }),
		"startswith":   onTwo(strings.HasPrefix), "endswith": onTwo(strings.HasSuffix), "strcontains": onTwo(strings.Contains),
	}
}

func onText(do func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}}, Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := do(args[0].AsString())
			return cty.StringVal(s), err
		},
	})
}

func onTwo(do func(a, b string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "part", Type: cty.String}}, Type: function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(do(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// replaceFunc takes a regular expression between slashes. Terraform: replace.
var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "part", Type: cty.String}, {Name: "by", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		part := args[1].AsString()
		if n := len(part); n > 1 && part[0] == '/' && part[n-1] == '/' {
			return stdlib.RegexReplace(args[0], cty.StringVal(part[1:n-1]), args[2])
		}
		s, by := args[0].AsString(), args[2].AsString()
		if strings.Count(s, part)*len(by) > mostText {
			return cty.NilVal, errors.New("its result is too large")
		}
		return cty.StringVal(strings.ReplaceAll(s, part, by)), nil
	},
})

// lengthFunc counts the characters of a text, too. Terraform: length.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}}, Type: function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].Type() == cty.String {
			return stdlib.Strlen(args[0])
		}
		return stdlib.Length(args[0])
	},
})

var wide = pattern.Of(`%[^a-zA-Z%]*[0-9]{4}`)

// widths refuses to fill up to a width that no template has.
func widths(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) > 0 && args[0].IsKnown() && !args[0].IsNull() && args[0].Type() == cty.String && (wide().MatchString(args[0].AsString()) || strings.Contains(args[0].AsString(), "*")) {
				return cty.NilType, errors.New("a width of that size")
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// reader is a function that takes the text of a file.
func (m *Module) reader(as func(text) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}}, Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			t, ok := m.here.file(args[0].AsString(), m.here.at)
			if !ok {
				return cty.UnknownVal(cty.String), nil
			}
			return as(t), nil
		},
	})
}

// file reads a file of the folder. at is where it is asked for.
func (s scope) file(name string, at spot) (text, bool) {
	m := s.m
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	switch {
	case path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || !fs.ValidPath(clean):
		m.now.because(fmt.Sprintf("the file %q is outside the folder, and is not read", clean))
		return text{}, false
	case m.options.File == nil || !m.step(100):
		m.now.because(fmt.Sprintf("the file %q is not read", clean))
		return text{}, false
	}
	if _, ok := m.sources[clean]; !ok {
		data, err := m.options.File(clean)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				s.fault(codeFile, at, fmt.Sprintf("there is no file %q in the folder", clean), "paths begin at the folder of the .tf file, which is ${path.module}")
			} else {
				m.now.because(fmt.Sprintf("the file %q cannot be read (%v)", clean, err))
			}
			return text{}, false
		}
		if len(data) > mostText {
			m.now.because(fmt.Sprintf("the file %q is too large", clean))
			return text{}, false
		}
		m.sources[clean] = data
	}
	return text{m.sources[clean], []mark{{0, spot{clean, 0}, false}}}, true
}

// fill reads a file of the folder as a template.
func (s scope) fill(name string, vars cty.Value, at spot) (text, bool) {
	t, ok := s.file(name, at)
	if !ok {
		return text{}, false
	}
	inner := scope{m: s.m, vars: map[string]cty.Value{}, only: true, stand: s.stand}
	if !vars.IsKnown() || vars.IsNull() || !vars.CanIterateElements() {
		return text{}, false
	}
	for it := vars.ElementIterator(); it.Next(); {
		k, v := it.Element()
		inner.vars[k.AsString()] = v
	}
	return inner.parsed(t.str(), t.marks[0].at.file)
}

// call computes a call whose text stands somewhere else than in the call. ok is false for the
// others.
func (s scope) call(x *hclsyntax.FunctionCallExpr) (t text, ok, known bool) {
	arg := func(i int) (string, bool) {
		inner := s
		inner.stand = ""
		v, known := inner.text(x.Args[i])
		return v.str(), known
	}
	at := s.spot(x.Range())
	switch {
	case x.Name == "file" && len(x.Args) == 1:
		name, given := arg(0)
		if !given {
			return text{}, true, false
		}
		t, known = s.file(name, at)
		return t, true, known
	case x.Name == "templatefile" && len(x.Args) == 2:
		name, given := arg(0)
		if !given {
			return text{}, true, false
		}
		vars := s.value(x.Args[1])
		if !vars.IsWhollyKnown() && s.stand != "" && plain(x.Args[1]) {
			vars = s.compute(x.Args[1], s.stand)
			s.m.now.partly = true
		}
		t, known = s.fill(name, vars, at)
		return t, true, known
	case (x.Name == "trimspace" || x.Name == "chomp") && len(x.Args) == 1:
		t, known = s.text(x.Args[0])
		if !known {
			return text{}, true, false
		}
		cut, set := t.str(), "\r\n"
		if x.Name == "trimspace" {
			cut = strings.TrimSpace(cut)
		} else {
			cut = strings.TrimRight(cut, set)
		}
		return t.part(strings.Index(t.str(), cut), len(cut)), true, true
	case x.Name == "jsonencode" && len(x.Args) == 1:
		b := &builder{places: map[*node]place{}, stand: s.stand}
		n := b.node(x.Args[0], s, 0)
		if b.lost && s.stand == "" || b.failed {
			return text{}, true, false
		}
		if b.lost {
			s.m.now.partly = true
		}
		var out text
		b.print(&out, n)
		return out, true, len(out.b) <= mostText
	}
	return text{}, false, false
}

// part is a piece of a text.
func (t text) part(from, n int) text {
	var out text
	for i, m := range t.marks {
		end := len(t.b)
		if i+1 < len(t.marks) {
			end = t.marks[i+1].from
		}
		lo, hi := max(m.from, from), min(end, from+n)
		if lo >= hi {
			continue
		}
		at := m.at
		if !m.fixed {
			at.offset += lo - m.from
		}
		out.put(string(t.b[lo:hi]), at, m.fixed)
	}
	return out
}
