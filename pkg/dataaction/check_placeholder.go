package dataaction

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/source"
)

// Placeholders that published files hold: {{x}} and $${x} of other tools, <YOUR TOKEN>,
// [YOUR SERVER] and YOUR_TOKEN of people.
var (
	foreign     = pattern.Of(`\{\{[^{}]*\}\}|<[A-Z][A-Z_ ]{2,}>|\[[A-Z][A-Z_ -]{2,}\]|\$\$\{[^}]*\}|\b(?:YOUR[_-]|INSERT[_-]|REPLACE[_-]|ENTER[_-])[A-Z0-9_-]+|\bINSERT[A-Z]+HERE\b|\bCHANGE[_-]?ME\b`)
	toFill      = pattern.Of(`<[A-Za-z][A-Za-z0-9 _.-]*>`)
	toFillPath  = pattern.Of(`\[[A-Za-z][A-Za-z_ -]{2,}\]|/:[A-Za-z_]+(?:[/?]|$)`)
	toFillHost  = pattern.Of(`(?i)\byour[-_]?[a-z0-9_-]+`)
	ofPeople    = pattern.Of(`<(?i:your|insert|enter|replace)[^<>]*>|\[(?i:your|insert|enter|replace)[^\[\]]*\]|\b(?:YOUR|INSERT|REPLACE)_[A-Z0-9_]+`)
	escapedVar  = pattern.Of(`\$\$\{[^}]*\}`)
	dummy       = pattern.Of(`(?i)token|your|insert|replace|change|redact|placeholder|secret|api[-_ ]?key|password|xxx|\*\*\*|\.\.\.|^[x*.…-]+$|^[<\[{(].*[>\]})]$`)
	queryValue  = pattern.Of(`(?i)[?&](?:api[_-]?key|hapikey|access_token|auth_token|subscription-key|client_secret|password|sig)=([^&$#\s]{8,})`)
	clientInURL = pattern.Of(`(?i)(?:^|[?&"{,\s])"?client_secret"?\s*[:=]\s*"?([^"&$\s]{8,})`)
)

// placeholderIn is what in a text somebody was to replace before the import, "" for nothing.
func placeholderIn(at, text string) string {
	if m := foreign().FindString(text); m != "" {
		return m
	}
	switch {
	case at == atURL:
		path, _, _ := strings.Cut(text, "?")
		if m := toFill().FindString(text); m != "" {
			return m
		}
		if m := toFillPath().FindString(path); m != "" {
			return strings.Trim(m, "/?")
		}
		if strings.HasPrefix(text, "/") {
			return ""
		}
		_, rest, ok := strings.Cut(path, "://")
		if !ok {
			rest = path
		}
		host, _, _ := strings.Cut(rest, "/")
		return toFillHost().FindString(host)
	case strings.HasPrefix(at, atHeaders):
		return toFill().FindString(text)
	case at == atBody:
		return ofPeople().FindString(text)
	}
	return ""
}

// placeholders finds what another tool or a person was to replace before the import.
func (c *checker) placeholders() {
	texts := map[string]string{atURL: c.d.Request.URLTemplate, atBody: "", "/name": c.d.Name}
	if m := ofPeople().FindString(c.d.Request.Template); m != "" {
		texts[atBody] = m
	}
	for _, m := range escapedVar().FindAllString(c.d.Request.Template, -1) {
		if !known(m) {
			texts[atBody] = m
		}
	}
	for n, v := range c.d.Request.Headers {
		at := atHeaders + "/" + source.EscapePointer(n)
		texts[at] = v
		if literal := secretOf(n, v); literal != "" && placeholderIn(at, v) == "" && stands(literal) {
			c.add(codePlaceholder, at, "write ${credentials.…} for a field of the integration's credential", "header %q has a placeholder where a secret belongs; Genesys sends it as it is", n)
		}
	}
	for n, v := range c.d.Response.Defaults {
		texts[atDefaults+"/"+source.EscapePointer(n)] = v
	}
	for _, at := range sortedKeys(texts) {
		if m := placeholderIn(at, texts[at]); m != "" {
			hint := "put the value in its place before the import"
			if strings.HasPrefix(m, "$${") {
				hint = "write " + m[1:] + ", or put the value in its place before the import"
			}
			f := c.add(codePlaceholder, at, hint, "%s is a placeholder, which Genesys takes as it is", m)
			if strings.HasPrefix(m, "$${") && !strings.HasPrefix(at, atDefaults) && at != "/name" && !known(m) {
				f.Severity = diag.Error // a dollar, and a variable that nothing sets
				f.Message += ": it fails for a variable that is not set"
			}
		}
	}
}

// known reports whether a variable behind a dollar is one that is set: $${input.price} is a price.
func known(m string) bool {
	root, _, _ := strings.Cut(strings.Trim(m, "${}"), ".")
	return slices.Contains([]string{"input", "credentials", "authResponse"}, root)
}

// secretOf is the literal that a header gives as a secret, "" when it gives none.
func secretOf(name, value string) string {
	literal := value
	if m := secretScheme().FindStringSubmatch(value); m != nil {
		literal = m[2]
	} else if !secretHeader().MatchString(name) {
		return ""
	}
	if strings.Contains(literal, "$") {
		return ""
	}
	return strings.TrimSpace(literal)
}

// random is what no placeholder has: a long run of letters and digits.
var random = pattern.Of(`[A-Za-z0-9]{20,}`)

// stands reports whether a text stands for a secret and is none.
func stands(literal string) bool {
	return dummy().MatchString(literal) && !(random().MatchString(literal) && strings.ContainsAny(literal, "0123456789"))
}

// secretIn reports whether a header's value holds a secret in the clear. What stands for one is
// a placeholder.
func (c *checker) secretIn(name, value string) bool {
	if secretShape().MatchString(value) {
		return true
	}
	literal := secretOf(name, value)
	return len(literal) >= shortest && placeholderIn(atHeaders+"/"+name, value) == "" && !stands(literal)
}

// secretInURL reports whether an address or a body holds one: behind a name that says so, or in
// front of the host.
func secretInURL(at, text string) bool {
	list := queryValue().FindAllStringSubmatch(text, -1)
	if at == atBody {
		list = clientInURL().FindAllStringSubmatch(text, -1)
	}
	for _, m := range list {
		if placeholderIn(at, m[1]) == "" && !stands(m[1]) {
			return true
		}
	}
	if at != atURL {
		return false
	}
	_, rest, ok := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	user, _, found := strings.Cut(host, "@")
	if !ok || !found || strings.Contains(user, "$") {
		return false
	}
	u, err := url.Parse("https://" + host)
	if err != nil || u.User == nil {
		return false
	}
	password, set := u.User.Password()
	return set && password != "" && !stands(password)
}
