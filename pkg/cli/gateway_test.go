package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// A profile of Genesys' own tool that names a gateway is signed in with there and nowhere else;
// what of a gateway cannot be honoured is refused before anything is sent.
func TestAProfileWithAGateway(t *testing.T) {
	server, err := genesystest.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Apply(genesystest.Seed{Org: "Acme", Queues: []genesystest.SeedQueue{{Name: "Support", Staff: []genesystest.SeedUser{{Name: "A"}}}}})
	var asked []string
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		server.ServeHTTP(w, r)
	}))
	defer gateway.Close()
	at, err := url.Parse(gateway.URL)
	if err != nil {
		t.Fatal(err)
	}
	whole := "gateway_protocol = \"http\"\ngateway_host = \"127.0.0.1\"\ngateway_port = \"" + at.Port() + "\"\n"
	for _, c := range []struct {
		name, lines string
		want        string // of standard error; empty: it works
	}{
		{"as the tool writes it", whole, ""},
		{"with a port that is a number", strings.ReplaceAll(whole, "\""+at.Port()+"\"", at.Port()), ""},
		{"with paths", whole + "gateway_pathparams = \"{api: genesys, login: else}\"\n", "gateway_pathparams"},
		{"without a host", "gateway_protocol = \"http\"\ngateway_port = \"1\"\n", "needs both gateway_protocol and gateway_host"},
		{"only a host", "gateway_host = \"gw.example\"\n", "needs both"},
		{"of another protocol", strings.Replace(whole, "http", "ftp", 1), "neither http nor https"},
		{"with somebody in it", strings.Replace(whole, "127.0.0.1", "me@127.0.0.1", 1), "no address"},
		{"with a proxy", "proxy_host = \"proxy.example\"\nproxy_protocol = \"http\"\n", "HTTPS_PROXY"},
	} {
		o := newOrg(t)
		asked = nil
		o.args = []string{"-f", o.file, "--hubspot-base-url", "http://127.0.0.1:1"}
		delete(o.env, "GENESYSCLOUD_OAUTHCLIENT_ID")
		delete(o.env, "GENESYSCLOUD_OAUTHCLIENT_SECRET")
		dir := filepath.Join(o.env["HOME"], ".gc")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		text := "[p]\nenvironment = \"mypurecloud.de\"\nclient_credentials = \"" + genesystest.ClientID + "\"\nclient_secret = \"" + genesystest.ClientSecret + "\"\n" + c.lines
		if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := o.main(t.Context(), "plan", "--profile", "p")
		switch {
		case c.want == "" && (!strings.Contains(stdout, "create") || len(asked) == 0 || asked[0] != "/oauth/token"):
			t.Errorf("%s: %d, asked %v: %s%s", c.name, code, asked, stdout, stderr)
		case c.want != "" && (code != 1 || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "nothing was sent") || len(asked) > 0):
			t.Errorf("%s: %d, asked %v: %s", c.name, code, asked, stderr)
		}
	}
}

// A server runs until it is interrupted, whatever --timeout says.
func TestAServerHasNoTimeout(t *testing.T) {
	p := newProgram(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cli.Main(ctx, []string{"sandbox", "-f", "../../examples/minimal/dealroute.yaml", "--timeout", "100ms"}, p.in(w, io.Discard))
		w.Close() //nolint:errcheck // a pipe in memory
	}()
	if _, err := r.Read(make([]byte, 1)); err != nil { // it serves
		t.Fatal(err)
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // what follows
	select {
	case code := <-done:
		t.Fatalf("it ended by itself, with %d", code)
	case <-time.After(300 * time.Millisecond):
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("interrupted: %d", code)
	}
}
