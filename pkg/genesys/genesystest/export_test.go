package genesystest

// Undescribed lists what is served and neither described nor on the list of what the
// description lacks.
func Undescribed() []string {
	s, err := loadSpec()
	if err != nil {
		return []string{err.Error()}
	}
	known := map[string]bool{}
	for _, o := range s.Operations {
		known[o.Method+" "+o.Path] = true
	}
	var out []string
	for _, k := range Served() {
		if !known[k] {
			out = append(out, k)
		}
	}
	return out
}
