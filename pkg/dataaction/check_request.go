package dataaction

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

var methods = []string{"GET", "PUT", "POST", "PATCH", "DELETE"}

func (c *checker) request() {
	q := c.d.Request
	if c.d.IntegrationType == Functions {
		c.headers() // the platform calls the function; there is no address
		return
	}
	if q.URLTemplate == "" {
		c.add(codeNoTemplate, atURL, "", "requestUrlTemplate is missing")
	} else {
		c.address()
	}
	if !slices.Contains(methods, q.Type) {
		hint := "write one of " + strings.Join(methods, ", ")
		if up := strings.ToUpper(q.Type); slices.Contains(methods, up) {
			hint = "write " + up
		}
		c.add(codeMethod, atType, hint, "method %q is not known", q.Type)
	}
	c.headers()
	c.body()
	c.placeholders()
}

func (c *checker) address() {
	text := c.d.Request.URLTemplate
	path := strings.HasPrefix(text, "/")
	switch {
	case c.d.IntegrationType == WebServices && path:
		c.add(codeAddress, atURL, "", "a web services action needs a whole URL, with https:// and host")
	case c.d.IntegrationType == WebServices && strings.HasPrefix(text, "http://"):
		c.add(codeAddress, atURL, "write https://", "the address is not encrypted; Genesys calls public endpoints over TLS").Severity = diag.Warning
	case c.d.IntegrationType == GenesysCloud && !path && !strings.HasPrefix(text, "$"):
		c.add(codeAddress, atURL, "begin with /api/v2/", "a Genesys Cloud action needs a path: host and token are added").Severity = diag.Warning
	}
	if i := strings.Index(text, "##"); i >= 0 && strings.TrimSpace(text[i+2:]) != "" {
		c.at(codeAddress, atURL, 1, i+1, 2, "write $esc.hash for a #", "everything from ## on is a comment and is not sent")
	}
	t := c.parse(urlName, atURL, text)
	if t == nil {
		return
	}
	c.template(t, atURL, c.requestScope(velocity.InURL))
	c.hubspotList(text)
}

var hubspotList = pattern.Of(`^/crm/(?:v[0-9]+/objects|objects/[0-9a-z-]+)/(contacts?|deals?|0-1|0-3)/?$`)

// listParameters are those that HubSpot's list of records knows.
var listParameters = []string{"limit", "after", "properties", "propertiesWithHistory", "associations", "archived"}

// hubspotList finds the request that looks like a search and is none: HubSpot's list of
// contacts or deals ignores what it does not know, and answers with the first of the portal.
func (c *checker) hubspotList(text string) {
	u, err := url.Parse(text)
	if err != nil || c.d.Request.Type != "GET" || !strings.HasSuffix(u.Hostname(), "hubapi.com") {
		return
	}
	if m := hubspotList().FindStringSubmatch(u.Path); m != nil {
		f := c.add(codeListOfHub, atURL, "POST to "+u.Path+"/search with filterGroups",
			"GET %s takes no filter: it answers with the portal's first %s, whoever calls", u.Path, m[1])
		asks := false
		for name := range u.Query() {
			asks = asks || !slices.Contains(listParameters, name)
		}
		if !asks && !strings.Contains(text, "input.") {
			f.Severity = diag.Warning // it does not look like a search
		}
	}
}

var (
	secretScheme = pattern.Of(`(?i)^\s*(bearer|basic|token|apikey)\s+(\S.*)$`)
	secretHeader = pattern.Of(`(?i)^(authorization|x-api-key|api-key|apikey|x-auth-token|private-token)$`)
	secretShape  = pattern.Of(`\bpat-[a-z]+[0-9]+-[0-9a-fA-F-]{20,}`)
)

func (c *checker) headers() {
	for _, name := range sortedKeys(c.d.Request.Headers) {
		value, at := c.d.Request.Headers[name], atHeaders+"/"+source.EscapePointer(name)
		if strings.EqualFold(name, "Accept") && !acceptsJSON(value) {
			c.add(codeAccept, at, "write application/json or leave the header out", "Genesys refuses the action: Accept only supports JSON types")
		}
		if c.secretIn(name, value) {
			c.add(CodeLiteralSecret, at, "keep it in the integration's credential and write ${credentials.…}", "header %q holds a secret in the clear", name)
		}
		t := c.parse(name, at, value)
		if t != nil {
			c.template(t, at, c.requestScope(velocity.InHeader))
		}
	}
	for at, text := range map[string]string{atURL: c.d.Request.URLTemplate, atBody: c.d.Request.Template} {
		if secretShape().MatchString(text) || secretInURL(at, text) {
			c.add(CodeLiteralSecret, at, "keep it in the integration's credential and write ${credentials.…}", "the template holds a secret in the clear")
		}
	}
}

func acceptsJSON(value string) bool {
	for _, v := range strings.Split(value, ",") {
		v, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(v)), ";")
		if v != "application/json" && !strings.HasSuffix(v, "+json") {
			return false
		}
	}
	return true
}

func (c *checker) body() {
	text := c.d.Request.Template
	if text == "" {
		if !c.d.given(atBody) {
			c.add(codeNoTemplate, atBody, `write "requestTemplate": "`+rawRequest+`"`, "requestTemplate is missing: Genesys refuses such a file, for GET too")
		}
		return
	}
	if c.d.Request.Type == "GET" && strings.TrimSpace(text) != rawRequest {
		f := c.add(codeBodyOfGet, atBody, "write "+rawRequest, "GET sends no body")
		if !strings.Contains(text, "$") {
			f.Severity = diag.Info // nothing is lost with it
		}
	}
	t := c.parse(bodyName, atBody, text)
	if t != nil {
		s := c.requestScope(velocity.InBody)
		s.JSON = c.sendsJSON()
		c.template(t, atBody, s)
		if c.sends("urlencoded") {
			c.formBody(t)
		}
	}
}

// sendsJSON reports whether the body is JSON: unless a header says otherwise it is.
func (c *checker) sendsJSON() bool {
	if c.d.lacks(atHeaders) {
		return false // nobody knows
	}
	for n, v := range c.d.Request.Headers {
		if strings.EqualFold(n, "Content-Type") {
			return strings.Contains(strings.ToLower(v), "json")
		}
	}
	return true
}

// formBody looks for inputs that a form would misread. A form is encoded as a query is.
func (c *checker) formBody(t *velocity.Template) {
	s := c.requestScope(velocity.InURL)
	found := t.Check(s)
	for _, r := range t.References() {
		r.Query = true
		for _, f := range found {
			if f.Code != velocity.CodeUnescapedURL || f.Position != r.Position {
				continue
			}
			f.Message = strings.Replace(f.Message, "into the URL", "into a form", 1)
			f.Hint = strings.Replace(f.Hint, "$esc.uriEncode", "$esc.url", 1)
			c.weigh(&f, r, t)
			f.Path, f.Position = atBody, c.within(atBody, f.Position.Line, f.Position.Column)
			c.findings.Add(f)
		}
	}
}

// saysJSON reports whether a header says that the body is JSON.
func (c *checker) saysJSON() bool { return c.sends("json") }

// sends reports whether the body is said to be of a kind.
func (c *checker) sends(kind string) bool {
	for n, v := range c.d.Request.Headers {
		if strings.EqualFold(n, "Content-Type") && strings.Contains(strings.ToLower(v), kind) {
			return true
		}
	}
	return false
}

var outside = pattern.Of(`\$!?\{[A-Za-z][\w.-]*\}\.[a-z][A-Za-z]*\(`)

// methodsOutside finds ${input.k}.replace(…), which prints ".replace(…)" behind the value.
func (c *checker) methodsOutside(t *velocity.Template, pointer string) {
	for i, line := range strings.Split(t.Text(), "\n") {
		for _, m := range outside().FindAllStringIndex(line, -1) {
			c.at(codeOutside, pointer, i+1, len([]rune(line[:m[0]]))+1, m[1]-m[0], "write the method inside the braces", "the method stands behind the closing brace and is printed as text")
		}
	}
}
