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
