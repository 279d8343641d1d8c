package terraform_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/terraform"
)

// head and foot make a whole resource of a config_request.
const head = `resource "genesyscloud_integration" "rest" {
  integration_type = "custom-rest-actions"
}
resource "genesyscloud_integration_action" "find" {
  name            = "Find"
  category        = "c"
  integration_id  = genesyscloud_integration.rest.id
  contract_input  = jsonencode({ type = "object", required = ["n"], properties = { n = { type = "integer" } } })
  contract_output = jsonencode({ type = "object", properties = { id = { type = "string" } } })
`

const response = `  config_response {
    translation_map          = { id = "$.id" }
    translation_map_defaults = { id = "\"\"" }
    success_template         = "{\"id\": $${id}}"
  }
}
`

// request is the block from line 11 on.
func request(url, rest string) string {
	return head + "  config_request {\n    request_url_template = " + url + "\n    request_type         = \"POST\"\n    request_template     = " + rest + "\n  }\n" + response
}

func read(o terraform.Options, files ...string) (*terraform.Module, []terraform.Action) {
	var in []terraform.File
	for i := 0; i+1 < len(files); i += 2 {
		in = append(in, terraform.File{Name: files[i], Data: []byte(files[i+1])})
	}
	m := terraform.Read(in, o)
	return m, m.Actions(files[0])
}

// all are the findings of a folder that are no notes, one a line.
func all(o terraform.Options, files ...string) []string {
	m, actions := read(o, files...)
	fs := slices.Clone(m.Findings())
	for _, a := range actions {
		fs = append(fs, a.Findings...)
		if a.Definition != nil {
			fs = append(fs, dataaction.Check(a.Definition)...)
		}
		for _, u := range a.Unknown {
			fs = append(fs, diag.Finding{Message: "UNKNOWN " + u.String(), Position: u.Position})
		}
	}
	var out []string
	for _, f := range fs.Sorted() {
		if f.Severity == "" || f.Severity.AtLeast(diag.Warning) {
			out = append(out, f.Error())
		}
	}
	return out
}

func TestFolders(t *testing.T) {
	body := `"{\"n\": $${input.n}}"`
	url := `"https://api.example.com/x"`
	files := map[string]string{
		"body.vm": "{\n \"n\": ${input.nn}\n}", "t.tpl": "{\n \"n\": $${input.nn}, \"q\": \"${q}\"\n}", "bad.tpl": "{\"n\": ${input.n}}",
	}
	o := terraform.Options{File: func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, fs.ErrNotExist
	}}
	for name, c := range map[string]struct {
		files []string
		want  []string
	}{
		"clean":                       {[]string{"a.tf", request(url, body)}, nil},
		"heredoc":                     {[]string{"a.tf", request(url, "<<-EOT\n      {\n        \"n\": $${input.nn}\n      }\n    EOT")}, []string{`a.tf:15:14: no field "nn"`}},
		"heredoc as it stands":        {[]string{"a.tf", request(url, "<<EOT\n{\n  \"n\": $${input.nn}\n}\nEOT")}, []string{`a.tf:15:8: no field "nn"`}},
		"escapes before":              {[]string{"a.tf", request(url, `"{\n\t\"é\": \"\u00e9\", \"n\": $${input.nn}}"`)}, []string{`a.tf:13:60: no field "nn"`}},
		"unescaped":                   {[]string{"a.tf", request(url, `"{\"n\": ${input.n}}"`)}, []string{`a.tf:13:37: ${input.n} is Velocity's`}},
		"unescaped in jsonencode":     {[]string{"a.tf", request(url, `jsonencode({ n = "${input.n}" })`)}, []string{`a.tf:13:46: ${input.n} is Velocity's`}},
		"unescaped mapped":            {[]string{"a.tf", strings.Replace(request(url, body), "$${id}", "${id}", 1)}, []string{`a.tf:18:42: ${id} is Velocity's`}},
		"unescaped tool":              {[]string{"a.tf", request(url, `"{\"n\": ${esc.url(input.n)}}"`)}, []string{`a.tf:13:46: extra characters`}},
		"local elsewhere":             {[]string{"a.tf", request(url, "local.body"), "b.tf", "locals {\n  body = <<-EOT\n    {\"n\": $${input.nn}}\n  EOT\n}\n"}, []string{`b.tf:3:11: no field "nn"`}},
		"a variable's default":        {[]string{"a.tf", request(`"${var.u}/x"`, body), "b.tf", "variable \"u\" {\n  default = \"ftp://h\"\n}\n"}, []string{`a.tf:11:28: the request can never be sent`}},
		"tfvars":                      {[]string{"a.tf", request(`"${var.u}/x"`, body) + "variable \"u\" {}\n", "terraform.tfvars", "u = \"ftp://h\"\n"}, []string{`a.tf:11:28: the request can never be sent`}},
		"unknown prefix":              {[]string{"a.tf", request(`"${var.u}/x/$${input.nn}"`, body) + "variable \"u\" {}\n"}, []string{`a.tf:11:28: UNKNOWN request_url_template is known in part: var.u has no default`, `a.tf:11:40: no field "nn"`}},
		"unknown address":             {[]string{"a.tf", request("data.x.y.url", body)}, []string{`a.tf:11:28: UNKNOWN request_url_template is not known: data.x.y.url is known after terraform apply`}},
		"unknown name in a reference": {[]string{"a.tf", request(url, `"{\"n\": $${input.${var.f}}}"`) + "variable \"f\" {}\n"}, []string{`a.tf:13:28: UNKNOWN request_template is not known`}},
		"unknown in format":           {[]string{"a.tf", request(url, `format("{\"q\": \"%s\", \"n\": $${input.nn}}", genesyscloud_routing_queue.q.id)`)}, []string{`a.tf:13:28: UNKNOWN request_template is known in part: genesyscloud_routing_queue.q.id is known after terraform apply`, `a.tf:13:28: no field "nn"`}},
		"unknown condition":           {[]string{"a.tf", request(url, `var.f == "a" ? "{}" : "{"`) + "variable \"f\" {}\n"}, []string{`a.tf:13:28: UNKNOWN request_template is not known: var.f has no default`}},
		"known condition":             {[]string{"a.tf", request(url, `var.f == "a" ? "{}" : "{\"n\": $${input.nn}}"`) + "variable \"f\" {\n default = \"b\"\n}\n"}, []string{`a.tf:13:59: no field "nn"`}},
		"unknown map":                 {[]string{"a.tf", strings.Replace(request(url, body), `{ id = "$.id" }`, "var.map", 1) + "variable \"map\" {}\n"}, []string{`a.tf:16:32: UNKNOWN translation_map is not known: var.map has no default`}},
		"sensitive":                   {[]string{"a.tf", request(`"https://h/x?k=${var.k}"`, body) + "variable \"k\" {\n default = \"SECRET1\"\n sensitive = true\n}\n"}, []string{`a.tf:11:28: UNKNOWN request_url_template is known in part: var.k is sensitive`}},
		"file":                        {[]string{"a.tf", request(url, `file("${path.module}/body.vm")`)}, []string{`body.vm:2:7: no field "nn"`}},
		"file that is not there":      {[]string{"a.tf", request(url, `file("nope.vm")`)}, []string{`a.tf:13:28: there is no file "nope.vm" in the folder`}},
		"file outside":                {[]string{"a.tf", request(url, `file("../body.vm")`)}, []string{`a.tf:13:28: UNKNOWN request_template is not known: the file "../body.vm" is outside the folder`}},
		"absolute file":               {[]string{"a.tf", request(url, `file("/etc/passwd")`)}, []string{`a.tf:13:28: UNKNOWN request_template is not known: the file "/etc/passwd" is outside the folder`}},
		"templatefile":                {[]string{"a.tf", request(url, `templatefile("t.tpl", { q = "a" })`)}, []string{`t.tpl:2:7: no field "nn"`}},
		"templatefile, unescaped":     {[]string{"a.tf", request(url, `templatefile("bad.tpl", {})`)}, []string{`bad.tpl:1:7: ${input.n} is Velocity's`}},
		"jsonencode":                  {[]string{"a.tf", request(url, "jsonencode({\n  a = \"$${input.nn}\"\n})")}, []string{`a.tf:14:8: no field "nn"`}},
		"join and replace":            {[]string{"a.tf", request(url, `replace(join("", ["{\"n\": ", "$${input.X}}"]), "X", "nn")`)}, []string{`a.tf:13:28: no field "nn"`}},
		"for in a template":           {[]string{"a.tf", request(url, `"[%{for x in ["n", "nn"]}$${input.${x}}%{if x == "n"},%{endif}%{endfor}]"`)}, []string{`a.tf:13:30: no field "nn"`}},
		"dynamic":                     {[]string{"a.tf", head + "  dynamic \"config_request\" {\n    for_each = [\"/x/$${input.nn}\"]\n    content {\n      request_type = \"GET\"\n      request_url_template = \"https://h${config_request.value}\"\n    }\n  }\n" + response}, []string{`a.tf:14:42: no field "nn"`}},
		"for_each":                    {[]string{"a.tf", strings.Replace(request(`"https://h/${each.value}"`, body), "  name ", "  for_each = { a = \"x\", b = \"$${input.nn}\" }\n  name ", 1)}, []string{`a.tf:12:41: no field "nn"`}},
		"misspelt argument":           {[]string{"a.tf", strings.Replace(request(url, body), "request_template ", "request_templat ", 1)}, []string{`a.tf:13:5: the provider has no argument "request_templat" here`}},
		"map as a block":              {[]string{"a.tf", strings.Replace(request(url, body), "  config_request {\n", "  config_request {\n headers {\n }\n", 1)}, []string{`a.tf:11:2: the provider has no block "headers" here`}},
		"missing arguments":           {[]string{"a.tf", strings.Replace(request(url, body), "  category        = \"c\"\n", "", 1)}, []string{`a.tf:4:1: the resource lacks category`}},
		"contract in a heredoc":       {[]string{"a.tf", strings.Replace(request(url, body), `jsonencode({ type = "object", properties = { id = { type = "string" } } })`, "<<EOF\n{\"type\": \"object\", \"properties\": {\n  \"a b\": {\"type\": \"string\"}, \"id\": {}}}\nEOF", 1)}, []string{`a.tf:11:`}},
		"contract that is no JSON":    {[]string{"a.tf", strings.Replace(request(url, body), `jsonencode({ type = "object", properties = { id = { type = "string" } } })`, "<<EOF\n{\"type\": \"object\"\n \"x\": 1}\nEOF", 1)}, []string{`a.tf:11:2: the contract is not JSON`}},
		"broken":                      {[]string{"a.tf", "resource \"x\" \"y\" {\n  a = \n}\n"}, []string{`a.tf:2:7: invalid expression`}},
		"shared line":                 {[]string{"a.tf", strings.Replace(request(url, body), "  config_request {\n    ", "  config_request { ", 1)}, []string{`a.tf:10:19: Terraform refuses the layout`}},
		"json":                        {[]string{"a.tf.json", "{\"resource\": {\"genesyscloud_integration_action\": {\"x\": {\"name\": \"X\", \"category\": \"c\", \"integration_id\": \"i\",\n\"contract_input\": \"{\\\"type\\\": \\\"object\\\", \\\"properties\\\": {}}\", \"contract_output\": \"${jsonencode({type = \\\"object\\\", properties = {}})}\",\n\"config_request\": {\"request_type\": \"POST\", \"request_url_template\": \"https://h/x\",\n\"request_template\": \"{\\\"n\\\": $${input.nn}}\"}}}}}"}, []string{`a.tf.json:4:30: no field "nn"`}},
		"auth action":                 {[]string{"a.tf", "resource \"genesyscloud_integration_custom_auth_action\" \"x\" {\n  integration_id = \"i\"\n  config_request {\n    request_url_template = \"$${credentials.loginUrl}\"\n    request_type = \"POST\"\n    request_template = \"grant_type=$${input.x}\"\n    headers = { Content-Type = \"application/x-www-form-urlencoded\" }\n  }\n}\n"}, []string{`a.tf:6:36: no field "x"`}},
		"function":                    {[]string{"a.tf", head + "  function_config {\n    file_path = \"f.zip\"\n  }\n}\n"}, nil},
		"to itself":                   {[]string{"a.tf", request("local.a", body) + "locals {\n  a = local.b\n  b = \"${local.a}x\"\n}\n"}, []string{`a.tf:11:28: UNKNOWN request_url_template is known in part: local.a refers to itself`}},
	} {
		got := all(o, c.files...)
		ok := len(got) == len(c.want)
		for i := 0; ok && i < len(got); i++ {
			ok = strings.HasPrefix(got[i], c.want[i])
		}
		if !ok {
			t.Errorf("%s: got\n  %s\nwant\n  %s", name, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
		if s := fmt.Sprint(got); strings.Contains(s, "SECRET") {
			t.Errorf("%s: a sensitive value is told: %s", name, s)
		}
	}
}
