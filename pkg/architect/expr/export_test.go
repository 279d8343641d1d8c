package expr

import "strings"

// Overloads gives name and parameter types of the table's overloads that Genesys' engine
// of 2018 has as well, for tests that make expressions up.
func Overloads() (out []struct {
	Name   string
	Params []Type
	Repeat bool
}) {
	for _, f := range functions().order {
		if f.operator || f.section == "JSON" || f.section == "Later additions" || f.section == "Objects of the organisation" {
			continue
		}
		for _, o := range f.overloads {
			e := struct {
				Name   string
				Params []Type
				Repeat bool
			}{Name: o.name}
			for _, p := range o.params {
				e.Params = append(e.Params, p.typ)
				e.Repeat = e.Repeat || p.repeat
			}
			out = append(out, e)
		}
	}
	return out
}

// AudioOrPrompt is the parameter type that takes both.
const AudioOrPrompt = audioOrPrompt

// CompilePlain compiles without the code of fast.go: every call goes through the table.
func CompilePlain(n Node, scope Scope) (*Program, error) {
	c := &compiler{plain: true}
	return c.program(n, scope, nil)
}

// Unexplained lists functions without help and help without a function.
func Unexplained() (out []string) {
	for _, f := range functions().order {
		if _, ok := help[f.name]; !ok {
			out = append(out, f.name)
		}
	}
	for name := range help {
		if functions().byName[strings.ToLower(name)] == nil {
			out = append(out, name)
		}
	}
	return out
}

// Signatures lists the overloads of a function as type codes in the form of published
// tables: name(int?, str 0..5, any...)->int.
func Signatures() map[string]bool {
	codes := map[Type]string{}
	for code, t := range typeCodes {
		codes[t] = code
	}
	codes[EmailAddress] = "cpx_email_address"
	write := func(t Type) string {
		s := codes[t.Elem()]
		if t.IsList() {
			s += "[]"
		}
		return s
	}
	out := map[string]bool{}
	for _, f := range functions().order {
		for _, o := range f.overloads {
			var ps []string
			for _, p := range o.params {
				s := write(p.typ)
				if p.notSet {
					s += "?"
				}
				if p.repeat {
					s += "..."
				}
				if p.bounded {
					s += " " + boundText(p.min) + ".." + boundText(p.max)
				}
				ps = append(ps, s)
			}
			out[o.name+"("+strings.Join(ps, ", ")+")->"+write(o.result)] = true
		}
	}
	return out
}
