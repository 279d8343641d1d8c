package cli_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// inFiles takes the credentials of a program, or those of these names, out of its environment and names
// files that hold them.
func (p *program) inFiles(t *testing.T, only ...string) {
	t.Helper()
	dir := t.TempDir()
	for name, v := range maps.Clone(p.env) {
		if len(only) > 0 && !slices.Contains(only, name) || strings.HasSuffix(name, "_FILE") || !strings.HasPrefix(name, "GENESYSCLOUD_") && !strings.HasPrefix(name, "HUBSPOT_") && !strings.HasPrefix(name, "DEALROUTE_RUNTIME") {
			continue
		}
		p.env[name+"_FILE"] = filepath.Join(dir, strings.ToLower(name))
		if err := os.WriteFile(p.env[name+"_FILE"], []byte(v+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		delete(p.env, name)
	}
}

// TestSecretsInFilesAreTaken: what files hold is used by each command that signs in or asks HubSpot;
// vendors who repeat it are not heard.
func TestSecretsInFilesAreTaken(t *testing.T) {
	m := newMarked(t, "mixed")
	m.fill()
	m.inFiles(t)
	seen := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen += r.Header.Get("Authorization") + string(body)
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, poison(markedKey, markedSecret, markedRefresh, markedRuntime)) //nolint:errcheck // the reader is gone
	}))
	defer srv.Close()
	build := filepath.Join(m.dir, "build")
	if code, _, errs := m.run("render", "-f", m.file, "--out", build); code != 0 {
		t.Fatal(errs)
	}
	action := onlyMatch(t, filepath.Join(build, "actions", "*find contact*"))
	l := &leaks{t: t}
	at := []string{"-f", m.file, "--genesys-base-url", srv.URL, "--hubspot-base-url", srv.URL}
	for _, c := range []struct{ args, shows string }{
		{"plan", "client"}, {"status", "client"}, {"setup --yes", "client"}, {"validate --online --proof=off", "client key"}, {"rotate client --yes", "client"},
		{"rotate key --yes", "client"}, {"simulate --crm live --ani +15135550142", "key"}, {"destroy --yes --confirm acme-marked", "client"}, {"--explain-config plan", ""},
		{"action run ACTION" + ` --input {"number":"+15135550142","national":"5135550142"} --credentials-env HUBSPOT_SERVICE_KEY=token --base-url ` + srv.URL, "key"},
	} {
		seen = ""
		args := append(strings.Fields(c.args), at...)
		for i, a := range args {
			args[i] = strings.ReplaceAll(a, "ACTION", action) // its name has blanks
		}
		out := l.run(m, true, args...)
		if strings.Contains(c.shows, "client") != strings.Contains(seen, "Basic ") || strings.Contains(c.shows, "key") != strings.Contains(seen, markedKey) {
			t.Errorf("%s sends %q\n%s", c.args, seen, out)
		}
	}
	own := filepath.Join(m.dir, "own")
	if err := os.WriteFile(own, []byte(markedRuntime+" with a blank\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.env["MY_TOKEN_FILE"], seen = own, ""
	out := l.run(m, true, "action", "run", action, "--input", `{"number":"+15135550142"}`, "--credentials-env", "MY_TOKEN=token", "--base-url", srv.URL)
	if !strings.Contains(seen, markedRuntime+" with a blank") {
		t.Errorf("a variable of one's own sends %q\n%s", seen, out)
	}
	l.report()
}

// TestFilesOfSecretsAreReadStrictly: each mistake names the variable, and the file where there is one;
// nothing that it holds is told, nor what may be a secret in the place of a path. Commands that need no
// credential do not mind.
func TestFilesOfSecretsAreReadStrictly(t *testing.T) {
	const mark = "SeCrEtMaRk123"
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const key, secret = "HUBSPOT_SERVICE_KEY", "GENESYSCLOUD_OAUTHCLIENT_SECRET"
	// Each run has an org of its own: a request that an earlier one gave up may still arrive.
	org := func() (base string, asked func() bool) {
		var requests atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
		}))
		t.Cleanup(srv.Close)
		return srv.URL, func() bool { return requests.Load() > 0 }
	}
	for _, c := range []struct {
		variable, path, want string
		env                  map[string]string
	}{
		{key, filepath.Join(dir, "none"), "HUBSPOT_SERVICE_KEY_FILE: the file " + filepath.Join(dir, "none") + " cannot be used: no such file", nil},
		{key, dir, "HUBSPOT_SERVICE_KEY_FILE: the file " + dir + " cannot be used: it is a folder", nil},
		{key, "/dev/null", "it is no regular file", nil},
		{secret, file("empty", ""), "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE: the file " + filepath.Join(dir, "empty") + " is empty", nil},
		{secret, file("lines", "\n \n"), "lines is empty", nil},
		{secret, file("two", mark+"\n"+mark+"\n"), "has more than one line", nil},
		{secret, file("trail", mark+"\n\n"), "has more than one line", nil},
		{secret, file("blank", mark+" \n"), "holds a blank or a control character", nil},
		{secret, file("inner", mark+" "+mark), "holds a blank or a control character", nil},
		{secret, file("act", mark+"\x1b[31m"), "holds a blank or a control character", nil},
		{secret, file("utf16", "\xff\xfes\x00e\x00c\x00"), "holds a blank or a control character", nil},
		{secret, file("pair", secret+"="+mark), "holds a line NAME=value", nil},
		{secret, file("quoted", `"`+mark+`"`), "holds quotes", nil},
		{secret, file("large", strings.Repeat(mark, 2000)), "larger than 16 kB", nil},
		{secret, file("good", mark), "GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE are both set", map[string]string{secret: "x" + mark}},
		{secret, mark, "GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE: the file cannot be used", nil},
		{key, "pat-eu1-" + mark + "-0000", "HUBSPOT_SERVICE_KEY_FILE: the file cannot be used", nil},
	} {
		for _, format := range []string{"text", "json"} {
			p := newProgram(t)
			p.env["GENESYSCLOUD_OAUTHCLIENT_ID"] = genesystest.ClientID
			for k, v := range c.env {
				p.env[k] = v
			}
			p.env[c.variable+"_FILE"] = c.path
			base, asked := org()
			code, out, errs := p.run("plan", "-f", basicFile, "-o", format, "--genesys-base-url", base)
			if c.variable == key { // which is looked at after the client
				p.env[secret] = genesystest.ClientSecret
				code, out, errs = p.run("plan", "-f", basicFile, "-o", format, "--genesys-base-url", base)
			}
			if code != 1 || strings.Contains(out+errs, mark) || format == "text" && !strings.Contains(errs, c.want) || format == "json" && !strings.Contains(out, `"hint": "`) {
				t.Errorf("%s: exit code %d\n%s%s", c.path, code, out, errs)
			}
			if code, _, errs := p.run("version", "-o", format); code != 0 {
				t.Errorf("version needs no secret: %s", errs)
			}
			code, out, errs = p.run("plan", "--explain-config", "-f", basicFile)
			if want := "file named by " + c.variable + "_FILE, which cannot be used\n"; code != 0 || !strings.Contains(out, want) || strings.Contains(out+errs, mark) {
				t.Errorf("%s: exit code %d\n%s%s", c.path, code, out, errs)
			}
			p.stdin = "GENESYSCLOUD_OAUTHCLIENT_ID=a1b2c3\nGENESYSCLOUD_OAUTHCLIENT_SECRET=d4e5f6\nHUBSPOT_SERVICE_KEY=g7h8i9\n"
			if asked() {
				t.Fatalf("%s: it signs in without", c.path)
			}
			if _, out, errs := p.run("plan", "-f", basicFile, "--secrets-stdin", "--genesys-base-url", base); strings.Contains(out+errs, "_FILE") || !asked() {
				t.Errorf("standard input does not win: %s%s", out, errs)
			}
		}
	}
	for _, text := range []string{mark, mark + "\n", mark + "\r\n", "\ufeff" + mark} {
		p := newProgram(t)
		p.env[key+"_FILE"] = file("read", text)
		code, out, errs := p.run("version", "--explain-config", "--hubspot-base-url", "http://host/"+mark)
		if !strings.Contains(out, key+"                             file named by "+key+"_FILE\n") || code != 0 || strings.Contains(out+errs, mark) {
			t.Errorf("%q: exit code %d\n%s%s", text, code, out, errs)
		}
	}
}

// TestARotatedFileIsReadAnew: a run of token renew --every takes what is in the files when it renews.
func TestARotatedFileIsReadAnew(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a := newApp(t, "{method: oauth, renew: outside}", nil)
	if code, said := a.says(ctx, "setup", "--yes", "--verify=off"); code != 0 {
		t.Fatalf("%d %s", code, said)
	}
	a.inFiles(t)
	rotate := func(to string) {
		if err := os.WriteFile(a.env["HUBSPOT_REFRESH_TOKEN_FILE"], []byte(to+"\n"), 0o600); err != nil {
			t.Error(err)
		}
	}
	rounds := 0
	a.pause = func(ctx context.Context, d time.Duration) error {
		if d < time.Second { // of the platform
			return brief(ctx, d)
		}
		switch rounds++; rounds {
		case 1:
			rotate(markedRuntime)
		case 2:
			if err := os.Remove(a.env["HUBSPOT_REFRESH_TOKEN_FILE"]); err != nil {
				t.Error(err)
			}
		case 3:
			rotate(markedRefresh)
		default:
			stop()
		}
		return ctx.Err()
	}
	var out, errs bytes.Buffer
	cli.Main(ctx, append([]string{"token", "renew", "--every", "20m"}, a.args...), a.in(&out, &errs))
	said := out.String() + errs.String()
	a.leaks.hold("token renew --every", said, true)
	if strings.Count(out.String(), "token renewed") != 2 || strings.Count(said, "connect the app to the account again") != 1 || strings.Count(said, "HUBSPOT_REFRESH_TOKEN_FILE: the file "+a.env["HUBSPOT_REFRESH_TOKEN_FILE"]+" cannot be used") != 1 {
		t.Errorf("%d rounds: %s", rounds, said)
	}
}

// TestTypedSecretsAreRefused: a secret in an argument is refused by its place, and told nowhere.
func TestTypedSecretsAreRefused(t *testing.T) {
	const key = "pat-na1-5ec2e7ff-0000-4000-8000-0123456789ab"
	const secret = "Zx81Kd0Q-pW7vN_3tYr5uHs2LmBcJe9GfTaXo6Ri4"
	for _, c := range []struct{ args, want string }{
		{"validate " + key, "argument 2 has the form of a HubSpot key"},
		{key, "argument 1 has the form of a HubSpot key"},
		{"plan --profile " + key, "the value of --profile has the form of a HubSpot key"},
		{"plan --region=" + key, "the value of --region has the form of a HubSpot key"},
		{"plan --" + key, "argument 2 has the form of a HubSpot key"},
		{"plan --timeout " + key, "the value of --timeout has the form of a HubSpot key"},
		{"rotate key " + key, "argument 3 has the form"},
		{"switch off --reason " + key, "the value of --reason has the form"},
		{"eval " + key, "argument 2 has the form"},
		{"setup -f x" + strings.ToUpper(key), "the value of -f has the form"},
		{"action run a --input {\"Authorization\":\"Bearer\u00a0" + secret + "\"}", ""},
		{"action run a --input Bearer\tW7vN_3tYr5uHs2LmBcJe9Gf", "the value of --input has the form of a header"},
		{"explain eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4", "argument 2 has the form of a signed token"},
		{"plan --profile " + secret, "the value of --profile holds what GENESYSCLOUD_OAUTHCLIENT_SECRET says"},
		{"plan Zx81Kd0Q-qW7vN_3tYr5uHs2LmBcJe9GfTaXo6Ri4", "takes flags only"},
		{"Zx81Kd0Q-qW7vN_3tYr5uHs2LmBcJe9GfTaXo6Ri4", `unknown command "••••••"`},
	} {
		for _, format := range []string{"text", "json"} {
			p := newProgram(t)
			p.env["GENESYSCLOUD_OAUTHCLIENT_ID"], p.env["GENESYSCLOUD_OAUTHCLIENT_SECRET"] = "id", secret
			var args []string
			for _, a := range strings.Split(c.args, " ") {
				args = append(args, strings.ReplaceAll(a, "\u00a0", " "))
			}
			code, out, errs := p.run(append(args, "-o", format)...)
			for _, mark := range []string{"5ec2e7ff", "5EC2E7FF", "W7vN_3tYr5", "SflKxwRJ"} {
				if strings.Contains(out+errs, mark) {
					t.Errorf("%s: it is told\n%s%s", c.args, out, errs)
				}
			}
			if code != 1 || !strings.Contains(out+errs, c.want) && !strings.Contains(strings.ReplaceAll(out, `\"`, `"`), c.want) {
				t.Errorf("%s: exit code %d\n%s%s", c.args, code, out, errs)
			}
		}
	}
	p := newProgram(t)
	for _, args := range [][]string{{"eval", `"Bearer abcdefghijklmnopqrstuvwxyz"`}, {"eval", "--velocity", "Bearer abcdefghijklmnopqrstuvwxyz"}, {"__complete", "plan", "--profile", key}} {
		if code, out, errs := p.run(args...); code != 0 || strings.Contains(out+errs, "5ec2e7ff") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
