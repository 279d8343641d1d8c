package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Every form in which a vendor, a log or a JSON text may repeat a secret.
func TestKnownSecretsAreHidden(t *testing.T) {
	for _, s := range []string{"SECRETMARK", "pat-na1-5ec2e7ff-0000-4000-8000-0123456789ab", `q"uo\te<&>+/ä%`, "a b+c/d=", "sechs6", "A&B<c>\"'d%41\\n", "nul\x1b\tlines\n😀"} {
		var k secret.Known
		k.Add(secret.New(s), secret.Value{}, secret.New("five5"))
		k.AddURL("https://us%65r:" + url.PathEscape("pass:w@rd") + "@host/x")
		forms := map[string]string{
			"raw": s, "query": url.QueryEscape(s), "path": url.PathEscape(s), "lower": regexp.MustCompile("%..").ReplaceAllStringFunc(url.QueryEscape(s), strings.ToLower),
			"json": marshal(t, s), "json in json": marshal(t, marshal(t, s)), "header": "Bearer " + s,
			"form": "client_secret=" + url.QueryEscape(s) + "&x=1",
		}
		forms["hex"], forms["HEX"] = hex.EncodeToString([]byte("id:"+s)), strings.ToUpper(hex.EncodeToString([]byte(s)))
		forms["query twice"], forms["path twice"] = url.QueryEscape(url.QueryEscape(s)), url.PathEscape(url.PathEscape(s))
		forms["quoted"], forms["ascii"] = strconv.Quote(s), strconv.QuoteToASCII(s)
		var units, numbers, bytes, hexes string
		for _, u := range utf16.Encode([]rune(s)) {
			units += fmt.Sprintf(`\u%04x`, u)
		}
		for _, r := range s {
			numbers, hexes = numbers+fmt.Sprintf("&#%d;", r), hexes+fmt.Sprintf("&#x%X;", r)
		}
		for i := range len(s) {
			bytes += fmt.Sprintf("%%%02X", s[i])
		}
		forms["units"], forms["UNITS"] = units, strings.ReplaceAll(strings.ToUpper(units), `\U`, `\u`)
		forms["html"], forms["html in numbers"], forms["in hex numbers"] = html.EscapeString(s), numbers, hexes
		forms["html by name"] = strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;").Replace(html.EscapeString(s))
		forms["every byte in an address"] = bytes
		escapes := map[string]func(string) string{
			"json": func(s string) string { return marshal(t, s) }, "html": html.EscapeString, "query": url.QueryEscape, "path": url.PathEscape, "line": diag.Line,
		}
		for a, f := range escapes {
			for b, g := range escapes {
				forms[a+" in "+b] = g(f(s))
				for c, h := range escapes {
					forms[a+" in "+b+" in "+c] = h(g(f(s)))
				}
			}
		}
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
			for _, id := range []string{"", "i", "id", "id:", "sandbox-client:"} {
				forms["base64 of "+id] = e.EncodeToString([]byte(id + s + ":x"))
			}
		}
		for name, text := range forms {
			got := k.Hide("x " + text + " y")
			if !strings.Contains(got, "••••••") || strings.Contains(got, text) || !strings.HasPrefix(got, "x ") || !strings.HasSuffix(got, " y") {
				t.Errorf("%s of %q: %q", name, s, got)
			}
		}
		for _, text := range []string{"pass:w@rd", "us%65r:pass:w@rd", url.PathEscape("pass:w@rd"), base64.StdEncoding.EncodeToString([]byte("user:pass:w@rd"))} {
			if got := k.Hide(text); got == text {
				t.Errorf("%q is shown", got)
			}
		}
		k.AddURL("nobody:n0scheme@host")
		if got := k.Hide("n0scheme"); got == "n0scheme" {
			t.Error(got)
		}
		if got := k.Hide("five5 is too short, nothing else"); got != "five5 is too short, nothing else" {
			t.Error(got)
		}
	}
	var none *secret.Known
	none.Add(secret.New("whatever"))
	none.AddURL("http://a:whatever@b")
	if none.Hide("whatever") != "whatever" || none.Longest() != 0 {
		t.Error("nobody knows that")
	}
}

func marshal(t *testing.T, s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"key pat-na1-5ec2e7ff-0000 is bad":      "key •••••• is bad",
		"PAT-EU1-KEYMARK":                       "••••••",
		"Bearer abc123def refused":              "Bearer •••••• refused",
		"bearer%20TOKENMARK":                    "bearer%20••••••",
		"Basic aWQ6U0VDUkVU== refused":          "Basic •••••• refused",
		"Authorization: Basic \"aWQ6U0VDUkVU\"": "Authorization: Basic ••••••\"",
		"a bearer token, basic authentication":  "a bearer token, basic authentication",
		"Basic Authentication failed.":          "Basic Authentication failed.",
		"jwt eyJhbGciOiJI.eyJzdWIiOiIx.sig_1 x": "jwt •••••• x",
		"at http://user:pa%20ss@host:1/x?y":     "at http://••••••@host:1/x?y",
		"http://host/a@b mail a@b":              "http://host/a@b mail a@b",
		"user:pass@host":                        "••••••@host",
		"//token@host":                          "//••••••@host",
		"path-finding compat-na1-mode":          "path-finding compat-na1-mode",
	} {
		if got := secret.Said(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
