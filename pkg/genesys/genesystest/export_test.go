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

// AssumedOfNothing lists the remarks on operations that are not served.
func AssumedOfNothing() []string {
	served := map[string]bool{}
	for _, k := range Served() {
		served[k] = true
	}
	var out []string
	for k := range assumed {
		if !served[k] {
			out = append(out, k)
		}
	}
	return out
}

// OperationOf names the operation of the description that a request is.
func OperationOf(method, escapedPath string) string {
	s, err := loadSpec()
	if err != nil {
		return ""
	}
	if o, _, _ := s.find(method, escapedPath); o != nil {
		return o.Method + " " + o.Path
	}
	return ""
}
