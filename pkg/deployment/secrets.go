package deployment

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

const secretHint = "take it out, replace it where it was issued, and give the new one by the environment (HUBSPOT_SERVICE_KEY, GENESYSCLOUD_OAUTHCLIENT_SECRET) or standard input"

// The forms below are what tokens look like. They are conservative: a name that a person
// would give, a phone number, a stage id or a sentence must pass.
var (
	uuidForm   = pattern.Of(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	secretName = pattern.Of(`(?i)^(.*[-_.])?((client|api|access|refresh|auth|o?auth|private|service|hubspot|genesys|bearer)?[-_]?(token|secret|password|passwd|apikey|credentials?)|(api|service|private|access|client)[-_]?key)s?$`)

	secretForms = []struct {
		is   string
		form func() *regexp.Regexp
	}{
		{"a HubSpot key", pattern.Of(`(?i)pat-[a-z]{2,4}[0-9]+-[0-9a-z-]{6,}`)},
		{"a bearer token", pattern.Of(`(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}`)},
		{"basic credentials", pattern.Of(`(?i)\bbasic\s+[A-Za-z0-9+/]{12,}={0,2}(\s|$)`)},
		{"a signed token", pattern.Of(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}`)},
		{"a private key", pattern.Of(`-----BEGIN [A-Z ]*PRIVATE KEY`)},
		{"a URL with a password", pattern.Of(`[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@`)},
	}
	run = pattern.Of(`[A-Za-z0-9+/_-]{24,}={0,2}`)
	hex = pattern.Of(`(?i)^[0-9a-f]{32,}$`)
)

// secretIn says what a text looks like if it looks like a secret, and "" if it does not.
// UUIDs are judged by their place, see idPlaces.
func secretIn(s string) string {
	for _, f := range secretForms {
		if f.form().MatchString(s) {
			return f.is
		}
	}
	for _, r := range run().FindAllString(uuidForm().ReplaceAllString(s, ""), -1) {
		if random(r) {
			return "a token"
		}
	}
	return ""
}

// random reports whether a run of letters and digits is made by a machine: hexadecimal of
// 128 bits or more with letters and digits, or a mix of capitals, small letters and digits
// that changes between them in every third place. Names in CamelCase change less often.
func random(s string) bool {
	s = strings.TrimRight(s, "=")
	var upper, lower, digit, changes int
	last := byte(0)
	for i := range len(s) {
		var c byte
		switch b := s[i]; {
		case b >= 'A' && b <= 'Z':
			upper, c = upper+1, 'A'
		case b >= 'a' && b <= 'z':
			lower, c = lower+1, 'a'
		case b >= '0' && b <= '9':
			digit, c = digit+1, '0'
		}
		if c != 0 && last != 0 && c != last {
			changes++
		}
		last = c
	}
	if hex().MatchString(s) {
		return digit >= 4 && upper+lower >= 4
	}
	if upper < 2 || lower < 2 || digit < 2 {
		return false
	}
	// HubSpot's OAuth tokens are encoded records with a long row of zero bytes.
	return 100*changes >= 35*len(s) || strings.Contains(s, "AAAAAAAA")
}

// idPlaces are where a UUID is an id and no secret: HubSpot's older pipelines and stages have
// such ids, and so have an org and the tenant in the address of a token endpoint.
var idPlaces = pattern.Of(`^(genesys\.(org|division)|hubspot\.auth\.tokenURL|hubspot\.stages(\.|\[|$).*|hubspot\.lookup\.pipelines\[\]|routing\.rules\[\]\.when\.(stage|pipeline|facts).*)$`)

// scanSecrets looks at every scalar, key or value, wherever it stands.
func (d *decoder) scanSecrets(path string, n *yaml.Node, depth int) {
	if depth > maxDepth {
		return
	}
	switch n.Kind {
	case yaml.ScalarNode:
		is := secretIn(n.Value)
		if is == "" && uuidForm().MatchString(n.Value) && !idPlaces().MatchString(shape(path)) {
			is = "a client id or key (a UUID)"
		}
		if is != "" && !slices.ContainsFunc(d.findings, func(f diag.Finding) bool {
			return f.Code == codeSecret && f.Position.Line == n.Line
		}) {
			d.report(path, n, codeSecret, secretHint, "%s holds what looks like %s", named(path), is)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			p := join(path, n.Content[i].Value)
			d.scanSecrets(p, n.Content[i], depth+1)
			d.scanSecrets(p, n.Content[i+1], depth+1)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			d.scanSecrets(path+"[]", c, depth+1)
		}
	case yaml.DocumentNode:
		for _, c := range n.Content {
			d.scanSecrets(path, c, depth+1)
		}
	}
}

// scanLines looks where no node is: in comments, and in a file that is not YAML.
func (d *decoder) scanLines(data []byte) {
	for i, line := range strings.Split(string(data), "\n") {
		is := secretIn(line)
		if is == "" || slices.ContainsFunc(d.findings, func(f diag.Finding) bool {
			return f.Code == codeSecret && f.Position.Line == i+1
		}) {
			continue
		}
		d.findings = append(d.findings, diag.Finding{
			Code: codeSecret, Severity: diag.Error, Hint: secretHint,
			Message:  "this line holds what looks like " + is,
			Position: diag.Position{File: d.file, Line: i + 1, Column: 1},
		})
	}
}

// Redact is the text of a deployment file with dots in the place of what looks like a
// secret, for printing lines of it. Lines and columns stay.
func Redact(data []byte) []byte {
	out := uuidForm().ReplaceAllStringFunc(redactForms(string(data)), dots)
	return []byte(namedSecret().ReplaceAllStringFunc(out, func(s string) string {
		i := strings.IndexByte(s, ':') + 1
		return s[:i] + dots(s[i:])
	}))
}

// redactForms hides what has the form of a secret in a text.
func redactForms(s string) string {
	for _, f := range secretForms {
		s = f.form().ReplaceAllStringFunc(s, dots)
	}
	return run().ReplaceAllStringFunc(s, func(r string) string {
		if random(r) {
			return dots(r)
		}
		return r
	})
}

func dots(s string) string { return strings.Repeat("•", utf8.RuneCountInString(s)) }

// namedSecret is the rest of a line behind a key that is called like a secret.
var namedSecret = pattern.Of(`(?im)\b[-_.a-z]*(token|secret|password|passwd|api[-_]?key|service[-_]?key|private[-_]?key|access[-_]?key|client[-_]?key)\b["']?[ \t]*:[^\n,}]*`)
