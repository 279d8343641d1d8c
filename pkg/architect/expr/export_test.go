package expr

// Overloads gives name and parameter types of the table's overloads that Genesys' engine
// of 2018 has as well, for tests that make expressions up.
func Overloads() (out []struct {
	Name   string
	Params []Type
	Repeat bool
}) {
	for _, f := range functionOrder {
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
	c := &compiler{constant: true, plain: true}
	return c.program(n, scope, nil)
}
