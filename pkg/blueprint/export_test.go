package blueprint

// AllAssumptions lists every assumption that some deployment rests on.
func AllAssumptions() []Assumption {
	var out []Assumption
	for _, a := range assumptions {
		out = append(out, a.Assumption)
	}
	return out
}
