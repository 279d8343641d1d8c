package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// onInput takes the secrets of a marked program out of its environment and puts them on its
// standard input.
func (m marked) onInput() {
	m.fill()
	m.stdin = "# of the vault\r\n\r\nexport GENESYSCLOUD_OAUTHCLIENT_ID=" + genesystest.ClientID + "\r\n"
	for _, name := range cli.SecretVariables() {
		if v := m.env[name]; v != "" {
			m.stdin += name + `="` + v + "\"\r\n"
		}
		delete(m.env, name)
	}
	delete(m.env, "GENESYSCLOUD_OAUTHCLIENT_ID")
}

// TestSecretsOnStandardInputAreTaken: what comes there is used by each command that signs in or asks
// HubSpot, also where the environment says something else; vendors who repeat it are not heard.
func TestSecretsOnStandardInputAreTaken(t *testing.T) {
	m := newMarked(t, "mixed")
	m.onInput()
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
	m.env["HUBSPOT_SERVICE_KEY"] = "pat-of-the-environment"
	m.env["GENESYSCLOUD_ACCESS_TOKEN"] = "token-of-the-environment"
	at := []string{"-f", m.file, "--secrets-stdin", "--genesys-base-url", srv.URL, "--hubspot-base-url", srv.URL}
	for _, c := range []struct{ args, shows string }{
		{"plan", "client"}, {"status", "client"}, {"setup --yes", "client"}, {"validate --online --proof=off", "client key"}, {"doctor --probes 0 --sample 0", "client key"}, {"rotate client --yes", "client"},
		{"rotate key --yes", "client"}, {"simulate --crm live --ani +15135550142", "key"}, {"destroy --yes --confirm acme-marked", "client"}, {"--explain-config plan", ""},
		{"action run ACTION" + ` --input {"number":"+15135550142","national":"5135550142"} --credentials-env HUBSPOT_SERVICE_KEY=token --base-url ` + srv.URL, "key"},
	} {
		seen = ""
		args := append(strings.Fields(c.args), at...)
		for i, a := range args {
			args[i] = strings.ReplaceAll(a, "ACTION", action) // its name has blanks
		}
		out := l.run(m, true, args...)
		client, key := strings.Contains(seen, "Basic "), strings.Contains(seen, markedKey)
		if strings.Contains(seen, "environment") || strings.Contains(c.shows, "client") != client || strings.Contains(c.shows, "key") != key {
			t.Errorf("%s sends %q\n%s", c.args, seen, out)
		}
	}
	l.report()
}

// TestSecretsAreReadStrictly: a line that is no secret by a known name is refused by its number, and
// nothing of it is told.
func TestSecretsAreReadStrictly(t *testing.T) {
	const mark = "SeCrEtMaRk123"
	for _, c := range []struct{ stdin, want string }{
		{"", "holds no secret"},
		{"# " + mark + "\n\n", "holds no secret"},
		{mark + "\n", "line 1 of standard input is not NAME=value"},
		{mark + "==\n", "line 1 of standard input gives a secret that is not known"},
		{"HUBSPOT_SERVICE_KEY=x1\nHUBSPOT_SERVICEKEY=" + mark, `line 2 of standard input gives a secret that is not known
hint: did you mean "HUBSPOT_SERVICE_KEY"`},
		{"HUBSPOT_SERVICE_KEY=" + mark + "\nHUBSPOT_SERVICE_KEY=" + mark + "\n", "line 2 of standard input gives HUBSPOT_SERVICE_KEY again, after line 1"},
		{"HUBSPOT_SERVICE_KEY=\n", "line 1 of standard input gives HUBSPOT_SERVICE_KEY without a value"},
		{"HUBSPOT_SERVICE_KEY= " + mark, "with a blank or a control character"},
		{"HUBSPOT_SERVICE_KEY=" + mark + "\x07", "with a blank or a control character"},
		{"HUBSPOT_SERVICE_KEY=" + strings.Repeat(mark, 10000), "more than 64 kB"},
		{"\ufeff  export HUBSPOT_SERVICE_KEY = '" + mark + "'", "with a blank or a control character"},
	} {
		for _, format := range []string{"text", "json"} {
			p := newProgram(t)
			p.stdin = c.stdin
			code, out, errs := p.run("version", "--secrets-stdin", "-o", format)
			if code != 1 || strings.Contains(out+errs, mark) || format == "text" && !strings.Contains(errs, c.want) {
				t.Errorf("%.60q: exit code %d\n%s%s", c.stdin, code, out, errs)
			}
		}
	}
	for _, stdin := range []string{"HUBSPOT_SERVICE_KEY=" + mark, "\ufeffexport  HUBSPOT_SERVICE_KEY='" + mark + "'\r\n\r\n# end", "HUBSPOT_SERVICE_KEY=a=b=c\n"} {
		p := newProgram(t)
		p.env["HUBSPOT_CLIENT_SECRET"] = mark
		p.stdin = stdin
		code, out, errs := p.run("version", "--secrets-stdin", "--explain-config")
		for _, want := range []string{"HUBSPOT_SERVICE_KEY                             standard input\n", "HUBSPOT_CLIENT_SECRET                           environment\n", "HUBSPOT_REFRESH_TOKEN                           not set\n"} {
			if code != 0 || !strings.Contains(out, want) || strings.Contains(out+errs, mark) {
				t.Errorf("%q: exit code %d\n%s%s", stdin, code, out, errs)
			}
		}
	}
}

// TestSecretsOnStandardInputExclude: there is one standard input, and one who signs in.
func TestSecretsOnStandardInputExclude(t *testing.T) {
	for args, want := range map[string]string{
		"action check - --secrets-stdin":                                     "--secrets-stdin and ",
		"eval --secrets-stdin":                                               "",
		"simulate --suite - --secrets-stdin -f " + basicFile:                 "--secrets-stdin and ",
		"rotate key --stdin --yes --sandbox --secrets-stdin -f " + basicFile: "gives the key already",
		"plan --profile some --secrets-stdin -f " + basicFile:                `standard input gives GENESYSCLOUD_ACCESS_TOKEN, and profile "some"`,
		"setup --sandbox --secrets-stdin -f " + basicFile:                    "--yes",
	} {
		p := newProgram(t)
		p.stdin = "HUBSPOT_SERVICE_KEY=kEyMaRk0123\nGENESYSCLOUD_ACCESS_TOKEN=tOkEnMaRk0123\n"
		if code, out, errs := p.run(strings.Fields(args)...); code == 0 || !strings.Contains(errs, want) || strings.Contains(out+errs, "MaRk") {
			t.Errorf("%s: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
