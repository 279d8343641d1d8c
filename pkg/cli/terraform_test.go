package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

const tfAction = `resource "genesyscloud_integration" "rest" {
  integration_type = "custom-rest-actions"
}
resource "genesyscloud_integration_action" "NAME" {
  name            = "The NAME"
  category        = "c"
  integration_id  = genesyscloud_integration.rest.id
  contract_input  = jsonencode({ type = "object", required = ["n"], properties = { n = { type = "integer" } } })
  contract_output = jsonencode({ type = "object", properties = { id = { type = "string" } } })
  config_request {
    request_url_template = "https://api.example.com${var.path}?n=$${input.n}"
    request_type         = "POST"
    request_template     = file("${path.module}/body.vm")
    headers              = { X = var.secret }
  }
  config_response {
    translation_map          = { id = "$.id" }
    translation_map_defaults = { id = "\"\"" }
    success_template         = "{\"id\": $${id}}"
  }
}
`

// Data actions of a Terraform file are checked and run as those of an export; nothing is read
// through a link that leads out of the folder, and a sensitive value is in no output.
func TestTerraformActions(t *testing.T) {
	tree(t, map[string]string{
		"m/main.tf": strings.ReplaceAll(tfAction, "NAME", "find"), "m/variables.tf": "variable \"path\" {}\nvariable \"secret\" {\n  default = \"SECRETMARK\"\n  sensitive = true\n}\n",
		"m/body.vm": `{"n": ${input.n}}`, "two/two.tf": strings.ReplaceAll(tfAction+tfAction[strings.Index(tfAction, "resource \"genesyscloud_integration_action"):], "NAME", "find"),
		"link/main.tf": strings.ReplaceAll(tfAction, "NAME", "find"), "outside.vm": "OUTSIDEMARK", "none/x.tf": "locals {}\n", "bad/bad.tf": "x = \"SECRETMARK\" {\n",
	})
	if err := os.Symlink("../outside.vm", "link/body.vm"); err != nil {
		t.Skip(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) //nolint:errcheck // compared
		fmt.Fprintf(w, `{"id": "%s %s %s"}`, r.URL, strings.ReplaceAll(string(body), `"`, "'"), r.Header.Get("X"))
	}))
	defer srv.Close()
	run := func(file string, more ...string) []string {
		return append([]string{"action", "run", file, "--input", `{"n": 7}`, "--base-url", srv.URL}, more...)
	}
	for _, c := range []struct {
		args []string
		env  string // value of TF_VAR_path
		code int
		want string
	}{
		{[]string{"action", "check", "m"}, "", 0, "m/main.tf:11:28: note: request_url_template is checked in part: var.path has no default"},
		{[]string{"action", "check", "m/main.tf"}, "/x", 0, "0 errors"},
		{[]string{"action", "check", "m/main.tf", "--verbose"}, "/x", 0, "0 errors"},
		{[]string{"action", "check", "m/main.tf", "-o", "json"}, "", 0, "DA-TF-003"},
		{[]string{"action", "check", "link/main.tf", "--verbose"}, "", 0, `the file "body.vm" cannot be read`},
		{[]string{"action", "check", "none/x.tf"}, "", 1, "there is no data action in none/x.tf"},
		{[]string{"action", "check", "bad/bad.tf", "--verbose"}, "", 2, "bad/bad.tf:1:"},
		{[]string{"action", "check", "nope.tf"}, "", 1, "nope.tf"},
		{run("m/main.tf", "--trace"), "/x", 0, `/x?n=7 {'n': 7} `},
		{run("m/main.tf", "--action", "find"), "/x", 0, "/x?n=7"},
		{run("m/main.tf", "--action", "nobody"), "/x", 1, `it has "The find"`},
		{run("m/main.tf"), "", 1, "var.path has no default"},
		{run("two/two.tf"), "/x", 1, "--action"},
		{run("bad/bad.tf"), "/x", 1, "bad/bad.tf:1:"},
	} {
		env := testEnv(t)
		home := env.Getenv
		env.Getenv = func(name string) string {
			if name == "TF_VAR_path" {
				return c.env
			}
			return home(name)
		}
		code := Main(t.Context(), c.args, env)
		out, errs := env.IO.Out.(*bytes.Buffer).String(), env.IO.Err.(*bytes.Buffer).String()
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v gives %d\n%s%s", c.args, code, out, errs)
		}
		if s := out + errs; strings.Contains(s, "MARK") {
			t.Errorf("%v tells a secret:\n%s", c.args, s)
		}
	}
}
