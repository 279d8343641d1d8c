package velocity

// Tools returns what Render offers to every template behind the caller's variables.
func Tools() map[string]any {
	out := make(map[string]any, len(builtins))
	for k, v := range builtins {
		out[k] = v
	}
	return out
}
