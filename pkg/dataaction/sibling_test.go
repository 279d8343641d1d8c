package dataaction_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
)

// An instance is an action that differs from a right one in what is not empty.
type instance struct {
	url, method, body, success, kind string
	headers, paths, defaults         map[string]string
	input, output                    string
}

// text is the instance as an export.
func (i instance) text(t *testing.T) string {
	t.Helper()
	or := func(s, d string) string {
		if s == "" {
			return d
		}
		return s
	}
	if i.headers == nil {
		i.headers = map[string]string{"Content-Type": "application/json"}
	}
	if i.success != "" && i.paths == nil {
		i.paths, i.defaults = map[string]string{"name": "$.name", "count": "$.count"}, map[string]string{"name": `""`, "count": "0"}
	}
	if i.success != "" && i.output == "" {
		i.output = `{"type":"object","properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`
	}
	if i.paths == nil {
		i.paths = map[string]string{}
	}
	if i.defaults == nil {
		i.defaults = map[string]string{}
	}
	b, err := json.Marshal(map[string]any{
		"name": "a", "integrationType": or(i.kind, "custom-rest-actions"), "actionType": "custom", "secure": false,
		"config": map[string]any{
			"request":  map[string]any{"requestUrlTemplate": or(i.url, "https://api.example.com/x"), "requestType": or(i.method, "POST"), "headers": i.headers, "requestTemplate": or(i.body, "{}")},
			"response": map[string]any{"translationMap": i.paths, "translationMapDefaults": i.defaults, "successTemplate": or(i.success, "${rawResult}")},
		},
		"contract": map[string]any{
			"input":  map[string]any{"inputSchema": json.RawMessage(or(i.input, `{"type":"object","required":["q"],"properties":{"q":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},"o":{"type":"string"}}}`))},
			"output": map[string]any{"successSchema": json.RawMessage(or(i.output, `{"type":"object","properties":{}}`))},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// grave gives the errors and warnings, as "error DA-REQ-009".
func grave(fs diag.Findings) []string {
	var out []string
	for _, f := range fs {
		if s := string(f.Severity) + " " + f.Code; f.Severity.AtLeast(diag.Warning) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// tried checks each instance: "" is nothing that is an error or a warning.
func tried(t *testing.T, cases []struct {
	i    instance
	want string
}) {
	t.Helper()
	for _, c := range cases {
		fs := check(t, c.i.text(t))
		if got := strings.Join(grave(fs), ", "); got != c.want {
			text := ""
			for _, f := range fs {
				text += fmt.Sprintf("\n    %s: %s; %s", f.Severity, f.Error(), f.Hint)
			}
			t.Errorf("%+v\n got %q\nwant %q%s", c.i, got, c.want, text)
		}
	}
}

func TestBodies(t *testing.T) {
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	vendor := map[string]string{"content-type": "application/vnd.api+json; charset=utf-8"}
	tried(t, []struct {
		i    instance
		want string
	}{
		{instance{body: `{"a":{"b":"$esc.jsonString(${input.q})"}`}, "error DA-REQ-009"},
		{instance{body: `{"a":'$esc.jsonString(${input.q})'}`}, "error DA-REQ-009"},
		{instance{body: `{"a":1} // who asks`}, "error DA-REQ-009"},
		{instance{body: `/* x */ {"a":1}`}, "error DA-REQ-009"},
		{instance{body: "{\"a\":\"two\nlines\"}"}, "error DA-REQ-009"},
		{instance{body: "{\"a\":\"a\ttab\"}"}, "error DA-REQ-009"},
		{instance{body: `{"a":1} {"b":2}`}, "error DA-REQ-009"},
		{instance{body: `{"a":1,,"b":2}`}, "error DA-REQ-009"},
		{instance{body: `{"a":01}`}, "error DA-REQ-009"},
		{instance{body: `{"a":+1}`}, "error DA-REQ-009"},
		{instance{body: `{"a":.5}`}, "error DA-REQ-009"},
		{instance{body: `{"a":NaN}`}, "error DA-REQ-009"},
		{instance{body: `{"a":True}`}, "error DA-REQ-009"},
		{instance{body: `{"a":undefined}`}, "error DA-REQ-009"},
		{instance{body: `{a:1}`}, "error DA-REQ-009"},
		{instance{body: `{"a" 1}`}, "error DA-REQ-009"},
		{instance{body: `{"a":"\x"}`}, "error DA-REQ-009"},
		{instance{body: `{"a":1,"a":2}`}, "warning DA-REQ-013"},
		{instance{body: `{"a":[{"b":1},{"b":2}],"b":{"a":1}}`}, ""},
		{instance{body: `{"p":+${input.n}}`}, "error DA-REQ-009, warning DA-TPL-012"},
		{instance{body: `{"p":0$!{input.i}}`}, "error DA-REQ-009"},
		{instance{body: `{"a":{"b":"$esc.jsonString(${input.q})"}`, headers: vendor}, "error DA-REQ-009"},
		{instance{body: `{"a":{"b":"$esc.jsonString(${input.q})"}}`, headers: vendor}, ""},
		{instance{body: `grant_type=x&a=$esc.url(${input.q})`, headers: form}, ""},
		{instance{body: `grant_type=x&text=${input.text}`, headers: form, input: `{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}`}, "warning DA-TPL-011"},
		{instance{body: `From=${input.phone}&id=${input.id}`, headers: form, input: `{"type":"object","required":["phone","id"],"properties":{"phone":{"type":"string"},"id":{"type":"string"}}}`}, "warning DA-TPL-011"},
		{instance{body: `{"a":"$esc.jsonString(${input.q})"}`, headers: form}, "warning DA-REQ-009"},
		{instance{body: `<a>$esc.xml(${input.q})</a>`, headers: map[string]string{"Content-Type": "text/xml"}}, ""},
		{instance{body: `a=$esc.url(${input.q})`, headers: map[string]string{}}, "warning DA-REQ-009"},
		// what an #if leaves
		{instance{body: `{"a":1#if($input.b),"b":true#end}`}, ""},
		{instance{body: `{"a":1,#if($input.b)"b":true#end}`}, "error DA-REQ-009"},
		{instance{body: `{#if("$!{input.o}" != "")"o":"$esc.jsonString(${input.o})",#end"a":1}`}, ""},
		{instance{body: `{#if("$!{input.o}" != "")"o":"$esc.jsonString(${input.o})"#end"a":1}`}, "error DA-REQ-009"},
		{instance{body: `{#if($input.q == "x")"a":1#{else}"a":1,#end}`}, "error DA-REQ-009"},
		{instance{body: `{#if($input.q == "x")"a":1,#{else}"a":1#end}`}, "warning DA-REQ-009"},
		{instance{body: `{#if("$!{input.o}" != "")"o":1#end#if("$!{input.n}" != "")"n":${input.n}#end}`}, "error DA-REQ-009"},
		{instance{body: `{#if("$!{input.o}" != "")"o":1#end#if("$!{input.n}" != "" && "$!{input.o}" == ""),"n":${input.n}#end}`}, "warning DA-REQ-009"},
		{instance{body: `[#foreach($x in $input.none)$x#end]`}, "warning DA-TPL-013, warning DA-TPL-016"},
		{instance{body: `[#foreach($x in ["a","b"])"$x"#if($foreach.hasNext),#end#end]`}, "warning DA-TPL-016"},
		{instance{body: `#set($n = $input.q){"n":$n}`}, ""},
		{instance{body: `#set($n = "x"){"n":"$n"}`}, ""},
		{instance{body: `#set($n = "x"){"n":$n}`}, "error DA-REQ-009"},
		// texts that hold JSON, or a part of it
		{instance{body: `{"a":${input.q}}`}, "warning DA-TPL-010"},
		{instance{body: `{"payload":${input.payload}}`, input: `{"type":"object","required":["payload"],"properties":{"payload":{"type":"string"}}}`}, ""},
		{instance{body: `{"a":1,${input.q}}`}, ""},
		{instance{body: `{"a":1${input.q}}`}, ""},
		{instance{body: `[${input.q}{"a":1}]`}, ""},
		{instance{body: `{"n":${credentials.number}}`}, ""},
		{instance{body: `{"a":${input.q} "b":1}`}, ""},
		{instance{body: `{"a":${input.q}} "b":1}`}, "error DA-REQ-009, warning DA-TPL-010"},
		// methods
		{instance{body: `{"a":"${input.q.substring(0,10)}"}`}, ""},
		{instance{body: `{"a":"${input.q.substring(2).replace("a","b")}"}`}, ""},
		{instance{body: `{"a":"${input.q.split("-")[1]}"}`}, ""},
		{instance{body: `{"a":"${input.q.class}"}`}, "error DA-TPL-018"},
		{instance{body: `{"a":"${input.q.class.forName("java.lang.Runtime")}"}`}, "error DA-TPL-018"},
		{instance{body: `{"a":"$input.q.getClass()"}`}, "error DA-TPL-018"},
		{instance{body: `{"a":"$credentials.token.class.name"}`}, "error DA-TPL-018"},
		{instance{body: `{"a":"$msdynamics.phoneNumberFilter(${input.q}, ["phone"])"}`}, ""},
		{instance{body: `{"a":"$esc.jsonString($!{input.o})"}`}, "warning DA-TPL-018"},
		// placeholders
		{instance{body: `{"a":"$${e}"}`}, "error DA-REQ-008"},
		{instance{body: `{"a":"$${input.i}"}`}, "warning DA-TPL-012"},
		{instance{body: `{"a":"<YOUR KEY>","b":"[your id]"}`}, "warning DA-REQ-008"},
		{instance{body: `{"html":"<b>a</b> {{name}} [see] <Name>"}`}, ""},
		{instance{body: `{"client_secret":"8f14e45fceea167a"}`}, "error DA-REQ-005"},
	})
}

// What is no JSON is shown where it breaks, with what to do.
func TestPlacesOfNoJSON(t *testing.T) {
	for _, c := range []struct{ body, success, at, hint string }{
		{body: `{"a":1 "b":2}`, at: `\"b\"`, hint: "a comma is missing before it"},
		{body: `{"a":1,"bc":2,}`, at: `}`, hint: "delete the comma before it"},
		{body: `{"a":1,"max": $!{input.i}}`, at: `$!{input.i}`, hint: `write #if("$!{input.i}" != "")`},
		{body: `{"abc": , "b":2}`, at: `, \"b\"`, hint: "a value is missing there"},
		{body: `{"a":text}`, at: `text`, hint: "put the text into quotes"},
		{body: `{abc:1}`, at: `abc`, hint: "put the name into quotes"},
		{body: `{"a":1} {"b":2}`, at: `{\"b\"`, hint: "delete what follows the JSON"},
		{body: `{"a":{"b":1}`, hint: "a quote, a brace or a bracket is not closed"},
		{body: `{"a":1 // note`, at: `// note`, hint: "JSON has no comments"},
		{body: "{\"a\":\"two\nlines\"}", at: `\nlines`, hint: "write \\n for a line break"},
		{body: `{'abc':1}`, at: `'abc'`, hint: "JSON has double quotes only"},
		{success: `{rawResult}`, at: `rawResult`, hint: "write ${rawResult}"},
		{success: `{"name":${name} "count":${count}}`, at: `\"count`, hint: "a comma is missing before it"},
		{success: `{"name":{name},"count":${count}}`, at: `name},`, hint: "write ${name}"},
	} {
		text := instance{body: c.body, success: c.success}.text(t)
		i := slices.IndexFunc(check(t, text), func(f diag.Finding) bool { return f.Code == "DA-REQ-009" || f.Code == "DA-OUT-002" })
		if i < 0 {
			t.Errorf("%+v: nothing", c)
			continue
		}
		f := check(t, text)[i]
		if at := string([]rune(text)[f.Position.Column-1:]); !strings.HasPrefix(at, c.at) || !strings.HasPrefix(f.Hint, c.hint) {
			t.Errorf("%+v: at %.20s: %s", c, at, f.Hint)
		}
	}
}

func TestAddresses(t *testing.T) {
	tried(t, []struct {
		i    instance
		want string
	}{
		{instance{url: "https://api.example.com/a b"}, "error DA-REQ-007"},
		{instance{url: ` https://api.example.com/a`}, "error DA-REQ-007"},
		{instance{url: `https://api.example.com/"x"`}, "error DA-REQ-007"},
		{instance{url: "file:///etc/passwd"}, "error DA-REQ-007"},
		{instance{url: "ftp://api.example.com/x"}, "error DA-REQ-007"},
		{instance{url: "api.example.com/x"}, "error DA-REQ-007"},
		{instance{url: "/x"}, "error DA-REQ-007"},
		{instance{url: "/api/v2/users", kind: "purecloud-data-actions"}, ""},
		{instance{url: "https:///x"}, "error DA-REQ-007"},
		{instance{url: "https://"}, "error DA-REQ-007"},
		{instance{url: "https//api.example.com/x"}, "error DA-REQ-007"},
		{instance{url: "https://{{host}}/x"}, "error DA-REQ-008"},
		{instance{url: "https://<host>/x"}, "error DA-REQ-008"},
		{instance{url: "https://<your-host>/x"}, "error DA-REQ-008"},
		{instance{url: "https://[YOUR SERVER]/x"}, "error DA-REQ-008"},
		{instance{url: "https://[server]/x"}, "error DA-REQ-008"},
		{instance{url: "https://YOUR_SERVER/x"}, "warning DA-REQ-008"},
		{instance{url: "https://your-domain.example.com/x"}, "warning DA-REQ-008"},
		{instance{url: "https://yourcompany.example.com/x"}, "warning DA-REQ-008"},
		{instance{url: "https://api.example.com/queues/INSERTQUEUEGUIDHERE"}, "warning DA-REQ-008"},
		{instance{url: "https://api.example.com/queues/[id_of_queue]"}, "warning DA-REQ-008"},
		{instance{url: "https://api.example.com/users/:id/presence"}, "warning DA-REQ-008"},
		{instance{url: "https://api.example.com/v1/users:search"}, ""},
		{instance{url: "https://api.example.com/x?filter[name]=a&fields[]=b"}, ""},
		{instance{url: "https://$${e}.example.com/x"}, "error DA-REQ-008"},
		{instance{url: "https://api.example.com/{id}"}, "error DA-REQ-007"},
		{instance{url: "https://api.example.com/x#part"}, "warning DA-REQ-007"},
		{instance{url: "https://api.example.com/##part"}, "error DA-REQ-007"},
		{instance{url: "https://user:hunter22@api.example.com/x"}, "error DA-REQ-005"},
		{instance{url: "https://${credentials.user}:${credentials.password}@api.example.com/x"}, ""},
		{instance{url: "https://api.example.com/x?api_key=8f14e45fceea167a"}, "error DA-REQ-005"},
		{instance{url: "https://api.example.com/x?api_key=YOUR_API_KEY"}, "warning DA-REQ-008"},
		{instance{url: "https://api.example.com/x?api_key=${credentials.key}"}, ""},
		{instance{url: "https://localhost:8080/x"}, "warning DA-REQ-007"},
		{instance{url: "https://10.0.0.5/x"}, "warning DA-REQ-007"},
		{instance{url: "http://api.example.com/x"}, "warning DA-REQ-007"},
		{instance{url: "https://api.example.com/%zz"}, "error DA-REQ-007"},
		{instance{url: "https://api.example.com/x?q=a|b"}, "error DA-REQ-007"},
		{instance{url: "https://${input.q}:${input.o}/x", input: `{"type":"object","properties":{"q":{"type":"string"},"o":{"type":"string"}}}`}, ""},
		{instance{url: "${authResponse.instance_url}/services/data"}, ""},
		{instance{url: "https://api.example.com/$esc.uriEncode(${input.q}).json"}, "error DA-TPL-018"},
		{instance{url: "https://api.example.com/${input.q}.replace('a','b')"}, "warning DA-TPL-002"},
		{instance{url: "https://api.example.com/x?$esc.dollar&q=$esc.url(${input.q})"}, ""},
		{instance{url: "https://api.example.com/x#if($input.b)?b=1#end"}, ""},
		{instance{url: "https://api.example.com/users?$filter=x"}, "error DA-TPL-014"},
		{instance{url: "https://api.example.com/users?${esc.dollar}filter=x"}, ""},
		{instance{url: `/api/data/v8.1/leads?${esc.dollar}select=leadid&${esc.dollar}orderby=$esc.url("createdon desc")&${esc.dollar}filter=$esc.url($msdynamics.phoneNumberFilter("$input.q", ["telephone1", "mobilephone"]))`, kind: "microsoft-dynamics-data-actions"}, ""},
		{instance{url: "arn:aws:lambda:eu-central-1:1:function:f", kind: "aws-lambda-data-actions"}, ""},
		{instance{url: "/services/data/v60.0/query/?q=$esc.url(\"SELECT Id FROM Case WHERE Phone='${input.q}'\")", kind: "salesforce-data-actions"}, ""},
		{instance{url: "https://api.example.com/x?phone=${input.phone}", input: `{"type":"object","required":["phone"],"properties":{"phone":{"type":"string"}}}`}, "warning DA-TPL-011"},
		{instance{url: "https://api.example.com/x/${input.conversationId}", input: `{"type":"object","required":["conversationId"],"properties":{"conversationId":{"type":"string"}}}`}, ""},
	})
}

func TestHeaders(t *testing.T) {
	h := func(name, value string) map[string]string { return map[string]string{name: value} }
	tried(t, []struct {
		i    instance
		want string
	}{
		{instance{headers: h("Authorization", "Bearer <YOUR TOKEN>")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer <your-token>")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer YOUR_TOKEN")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer [token]")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer {token}")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer {{token}}")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer xxxxxxxx")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer ...")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Basic $${base64}")}, "error DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer pat-na1-9de5c5c1-XXXX-XXXX-a417-716a3ae3e998")}, "warning DA-REQ-008"},
		{instance{headers: h("Authorization", "Bearer xoxb-token-8f14e45fceea167a5a36dedd")}, "error DA-REQ-005"},
		{instance{headers: h("Authorization", "Basic dXNlcjpwYXNz")}, "error DA-REQ-005"},
		{instance{headers: h("Authorization", "Bearer 8f14e45fceea167a5a36dedd4bea2543")}, "error DA-REQ-005"},
		{instance{headers: h("x-api-key", "8f14e45fceea167a")}, "error DA-REQ-005"},
		{instance{headers: h("Authorization", "Bearer ${credentials.token}")}, ""},
		{instance{headers: h("Authorization", "Bearer ${authResponse.access_token}")}, ""},
		{instance{headers: h("Authorization", `Basic $encoding.base64("${credentials.id}:${credentials.secret}")`)}, ""},
		{instance{headers: h("X-Two", "a\r\nX-More: b")}, "error DA-REQ-012"},
		{instance{headers: h("X Two", "a")}, "error DA-REQ-012"},
		{instance{headers: h("X-Two:", "a")}, "error DA-REQ-012"},
		{instance{headers: h("X-Q", "${input.q}")}, ""},
		{instance{headers: h("X-Q", "$input.q.class")}, "error DA-TPL-018"},
		{instance{headers: h("Accept", "*/*")}, "error DA-REQ-004"},
		{instance{headers: h("Accept", "application/vnd.x+json, application/json;q=0.9")}, ""},
	})
}

// What is written is compared with the contract at every depth, and what comes of a reply is
// not judged.
func TestWhatIsWritten(t *testing.T) {
	const nested = `{"type":"object","additionalProperties":true,"properties":{"user":{"type":"object","properties":{"firstName":{"type":"string"},"id":{"type":"string"}}},"deals":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}}}}}`
	const two = `{"type":"object","properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`
	user := func(s string) instance {
		return instance{success: s, output: nested, paths: map[string]string{"n": "$.n", "i": "$.i", "ds": "$.deals", "u": "$.user", "es": "$.deals[*].id"}, defaults: map[string]string{"n": `""`, "i": `""`, "ds": "[]", "u": "{}", "es": "[]"}}
	}
	tried(t, []struct {
		i    instance
		want string
	}{
		{user(`{"user":{"firstName":${n},"id":${i}},"deals":${ds}}`), ""},
		{user(`{"user":{"firstname":${n},"id":${i}},"deals":${ds}}`), "warning DA-OUT-005"},
		{user(`{"user":{"firstName":${n}},"deals":${ds}}`), "warning DA-OUT-006"},
		{user(`{"user":{"firstName":${n},"id":${i},"extra":1},"deals":${ds}}`), "warning DA-OUT-005"},
		{user(`{"user":${u},"deals":${ds}}`), ""},
		{user(`{"user":${u}}`), "warning DA-OUT-006"},
		{user(`{"user":${u},"deals":[{"id":${i},"name":${n}}]}`), ""},
		{user(`{"user":${u},"deals":[{"id":${i},"nme":${n}}]}`), "warning DA-OUT-005"},
		{user(`{"user":${u},"deals":[{"id":${i}}]}`), "warning DA-OUT-006"},
		{user(`{"user":${u},"deals":[#if($n != '""'){"id":${i},"nme":${n}}#end]}`), "warning DA-OUT-005"},
		{user(`{"user":${u},"deals":[#if($i == '"x"'){"id":${i},"name":${n}}#end]}`), ""},
		{user(`{"user":${rawResult},"deals":${ds}}`), ""},
		{user(`${u}`), ""},
		{user(`{"User":${u},"deals":${ds}}`), "warning DA-OUT-005"},
		{instance{success: `{"name":${name},"count":${count}}`, output: `{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`}, ""},
		{instance{success: `{"name":${name},"count":${count},"x":1}`, output: `{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`}, "error DA-OUT-005, warning DA-OUT-003"},
		{instance{success: `{"name":${name}}`, output: `{"type":"object","required":["count"],"properties":{"name":{"type":"string"},"count":{"type":"integer"}}}`}, "error DA-OUT-006, warning DA-OUT-003"},
		{instance{success: `[{"name":${name},"count":${count}}]`, output: `{"type":"array","items":` + two + `}`}, ""},
		{instance{success: `[{"naem":${name},"count":${count}}]`, output: `{"type":"array","items":` + two + `}`}, "warning DA-OUT-005"},
		{instance{success: `{"name":${name},"count":${count},"x":{}}`, output: `{"type":"object"}`}, ""},
		{instance{success: `{"name":${name}#if($count != 0),"count":${count}#end}`}, ""},
		{instance{success: `{#if($count == 5)"name":${name},#end"count":${count}}`}, ""},
		{instance{success: `#if($count == 0){"name":"","count":0}#{else}{"name":${name},"count":${count}}#end`}, ""},
		{instance{success: `{"name":#if($count == 0)""#{else}${name}#end "count":${count}}`}, "error DA-OUT-002"},
		{instance{success: `{"name":${name},"count":#if($count == 0)0#{else}${count},#end}`}, ""},
		{instance{success: `{"name":${name},"count":"${count}"}`}, "warning DA-OUT-003"},
		{instance{success: `{"name":${name},"count":${count}}}`}, ""},
		{instance{success: `{"name":$name.class,"count":${count}}`}, "error DA-OUT-002"},
		{instance{success: `{"name":${name},"count":${count}} ## done`}, ""},
		{instance{success: `{"name":"$name","count":${count}}`}, "error DA-TPL-017"},
		{instance{success: `{"name":"$name","count":${count}}`, paths: map[string]string{"name": "$.n", "count": "$.c"}, defaults: map[string]string{"name": "0", "count": "0"}}, ""},
		{instance{success: `{"name":"$name","count":${count}}`, paths: map[string]string{"name": "$.n", "count": "$.c"}}, "warning DA-TPL-017"},
		{instance{success: `{"name":${successTemplateUtils.firstFromArray(${name})},"count":${count}}`, paths: map[string]string{"name": "$.r[*].n", "count": "$.c"}, defaults: map[string]string{"count": "0", "name": "[]"}}, ""},
		{instance{success: `{"name":${successTemplateUtils.firstFromArray("${name}", "$esc.quote$esc.quote")},"count":${count}}`, paths: map[string]string{"name": "$.r[*].n", "count": "$.c"}, defaults: map[string]string{"count": "0", "name": "[]"}}, ""},
		{instance{success: `{"name":"${name.replace($esc.quote,"")}","count":${count}}`}, ""},
		{instance{success: `{"name":${name},"count":${count}}`, paths: map[string]string{"name": "$.n", "count": "$.c"}, defaults: map[string]string{"name": "none", "count": ""}}, ""},
		{instance{success: `{"name":"${name}","count":${count}}`, paths: map[string]string{"name": "$.n", "count": "$.c"}, defaults: map[string]string{"name": "[YOUR NAME]", "count": "0"}}, "warning DA-REQ-008, warning DA-TPL-017"},
		{instance{success: `{"name":${name}`, paths: map[string]string{"name": "$.n"}, defaults: map[string]string{}}, "error DA-OUT-002"},
		{instance{success: `{"name":null,"count":${count}}`}, ""},
	})
}

// A mapped text has its quotes, whatever way it is asked.
func TestQuotesOfMappedTexts(t *testing.T) {
	is := func(cond string) instance {
		return instance{success: `{"name": #if(` + cond + `)"a"#{elseif}("x" == "y")"c"#{else}"b"#end, "count": ${count}, "n": ${name}}`, output: `{"type":"object","properties":{"name":{"type":"string"},"count":{"type":"integer"},"n":{"type":"string"}}}`}
	}
	for cond, found := range map[string]bool{
		`$name == "active"`: true, `$!name == 'active'`: true, `"active" == $name`: true, `${name} != "active"`: true, `"$name" == "active"`: true, `"$!{name}" == "active"`: true,
		`$name.equals("active")`: true, `$name.equalsIgnoreCase("Active")`: true, `$name.startsWith("act")`: true, `$name.endsWith("ive")`: true, `$name eq "active"`: true,
		`$name == ""`: true, `$count == 1 && $name == "active"`: true, `$name.matches("active")`: true,
		`$name.contains("active")`: false, `$name == '"active"'`: false, `$name == $count`: false, `$name == "null"`: false, `$name == "5"`: false, `$count == "none"`: false, `$name == '""'`: false,
		`$name.startsWith("[")`: false, `$name.startsWith('"a')`: false, `$name.length() > 2`: false, `$name.matches(".*active.*")`: false, `$name.indexOf("a") == 1`: false,
	} {
		i := is(cond)
		i.success = strings.Replace(i.success, `#{elseif}("x" == "y")"c"`, "", 1)
		fs := check(t, i.text(t))
		n := slices.IndexFunc(fs, func(f diag.Finding) bool { return f.Code == "DA-OUT-007" })
		if (n >= 0) != found || slices.ContainsFunc(fs, func(f diag.Finding) bool { return f.Severity == diag.Error }) {
			t.Errorf("%s: %v", cond, fs)
		}
	}
	elseif := instance{success: `{"name": #if($count == 1)"a"#elseif($name == "active")"c"#{else}"b"#end, "count": ${count}}`}
	if got := grave(check(t, elseif.text(t))); !slices.Equal(got, []string{"warning DA-OUT-007"}) {
		t.Error(got)
	}
	for text, found := range map[string]bool{
		`"$esc.jsonString(${name})"`: true, `"$esc.jsonEncode($name)"`: true, `"$esc.jsonEncode("${name}")"`: true, `"${esc.jsonString($name)}"`: true, `"$!esc.jsonString($!name)"`: true,
		`"$esc.jsonString(${list})"`: false, `"$esc.jsonString($count)"`: false, `"$esc.jsonString(${rawResult})"`: false,
	} {
		i := instance{success: `{"name": ` + text + `, "count": ${count}}`, paths: map[string]string{"name": "$.n", "count": "$.c", "list": "$.l[*]"}, defaults: map[string]string{"name": `""`, "count": "0", "list": "[]"}}
		if got := grave(check(t, i.text(t))); slices.Contains(got, "warning DA-OUT-007") != found {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Searches of HubSpot that it refuses or misreads, of any object and in both forms of versions.
func TestSearchBodies(t *testing.T) {
	const f = `{"propertyName":"phone","operator":"EQ","value":"$esc.jsonString(${input.q})"}`
	in := func(filter string) string { return `{"filterGroups":[{"filters":[` + filter + `]}]}` }
	more := func(member string) string { return `{"filterGroups":[{"filters":[` + f + `]}],` + member + `}` }
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat(f+",", n), ",") }
	groups := func(n, of int) string {
		return `{"filterGroups":[` + strings.TrimSuffix(strings.Repeat(`{"filters":[`+many(of)+`]},`, n), ",") + `]}`
	}
	const member, all, limits = "error DA-REQ-010", "error DA-REQ-011", "error DA-REQ-014"
	for body, want := range map[string]string{
		in(f): "", `{"filters":[` + f + `]}`: "", `{"query":"$esc.jsonString(${input.q})"}`: "", more(`"query":"x"`): "",
		`{"filterGroup":[{"filters":[` + f + `]}]}`: member + ", " + all, `{"filter_groups":[{"filters":[` + f + `]}]}`: member + ", " + all,
		`{"filtergroups":[{"filters":[` + f + `]}]}`: member + ", " + all, `{"filter":[` + f + `]}`: member + ", " + all, `{"querry":"x"}`: member + ", " + all,
		`{}`: all, `{"properties":["email"],"limit":1}`: all, `{"filterGroups":[]}`: all, `{"filterGroups":[{"filters":[]}]}`: all, `{"query":""}`: all,
		`{"filterGroups":{"filters":[` + f + `]}}`: member, `{"filterGroups":[[` + f + `]]}`: member + ", " + all, `{"filterGroups":[{"filters":` + f + `}]}`: member + ", " + all,
		in(`{"property_name":"phone","operator":"EQ","value":"1"}`): member, in(`{"property":"phone","operator":"EQ","value":"1"}`): member, in(`{"propertyname":"phone","operator":"EQ","value":"1"}`): member,
		in(`{"propertyName":"phone","operater":"EQ","value":"1"}`): member, in(`{"propertyName":"phone","op":"EQ","value":"1"}`): member, in(`{"propertyName":"phone","value":"1"}`): member,
		in(`{"propertyName":"phone","operator":"EQUALS","value":"1"}`): member, in(`{"propertyName":"phone","operator":"eq","value":"1"}`): "warning DA-REQ-010",
		in(`{"propertyName":"phone","operator":"EQ","values":["1"]}`): member, in(`{"propertyName":"phone","operator":"EQ"}`): member, in(`{"propertyName":"phone","operator":"EQ","val":"1"}`): member,
		in(`{"propertyName":"phone","operator":"IN","value":"1"}`): member, in(`{"propertyName":"phone","operator":"IN","values":"1"}`): member, in(`{"propertyName":"phone","operator":"IN","values":[]}`): member,
		in(`{"propertyName":"phone","operator":"IN","values":["1","2"]}`): "", in(`{"propertyName":"phone","operator":"NOT_IN","values":["1"]}`): "",
		in(`{"propertyName":"phone","operator":"BETWEEN","value":"1"}`): member, in(`{"propertyName":"phone","operator":"BETWEEN","value":"1","highValue":"2"}`): "", in(`{"propertyName":"phone","operator":"BETWEEN","value":"1","highvalue":"2"}`): member,
		in(`{"propertyName":"phone","operator":"HAS_PROPERTY"}`): "", in(`{"propertyName":"phone","operator":"NOT_HAS_PROPERTY"}`): "", in(`{"propertyName":"phone","operator":"NOT_HAS_PROPERTY","value":"1"}`): member,
		in(`{"propertyName":"amount","operator":"GTE","value":5}`): "", in(`{"propertyName":"phone","operator":"CONTAINS_TOKEN","value":"*5550142"}`): "",
		in(`{"propertyName":"phone","operator":"EQ","value":"1","extra":1}`): "warning DA-REQ-010",
		more(`"limit":10`): "", more(`"limit":"10"`): "", more(`"limit":201`): limits, more(`"limit":0`): limits, more(`"limit":"ten"`): member, more(`"after":"10"`): "",
		more(`"sort":"name"`): "warning DA-REQ-010", more(`"sorts":["-createdate"]`): "", more(`"sorts":[{"propertyName":"createdate","direction":"DESCENDING"}]`): "",
		more(`"sorts":[{"propertyName":"createdate","direction":"DESC"}]`): member, more(`"sorts":"createdate"`): member, more(`"sorts":["a","b"]`): limits, more(`"properties":"email"`): member, more(`"properties":["email"]`): "",
		more(`"propertys":["email"]`): "warning DA-REQ-010", more(`"comment":"mine"`): "",
		groups(5, 1): "", groups(6, 1): limits, groups(1, 6): "", groups(1, 7): limits, groups(3, 6): "", groups(4, 5): limits,
		`{"filterGroups":[{"filters":[` + f + `#if("$!{input.o}" != ""),{"propertyName":"email","operator":"EQ","value":"$esc.jsonString(${input.o})"}#end]}]}`: "",
		`{"filterGroups":[{"filters":[#if("$!{input.o}" != "")` + f + `#end]}]}`:                                                                                "warning DA-REQ-011",
		`{#if("$!{input.o}" != "")"filterGroups":[{"filters":[` + f + `]}]#{else}"filterGroup":[]#end}`:                                                         "warning DA-REQ-010, warning DA-REQ-011",
		in(`{"propertyName":"phone","operator":"EQ","value":"$!{input.o}"}`):                                                                                    "warning DA-REQ-010",
	} {
		for _, object := range []string{"/crm/v3/objects/contacts/search", "/crm/objects/2026-09/deals/search", "/crm/v3/objects/2-3456/search", "/crm/v3/objects/p_thing/search", "/crm/objects/2026-03/tickets/search"} {
			i := instance{url: "https://api.hubapi.com" + object, body: body, input: `{"type":"object","required":["q"],"properties":{"q":{"type":"string"},"o":{"type":"string"}}}`}
			fs := check(t, i.text(t))
			if got := strings.Join(grave(fs), ", "); got != want {
				t.Errorf("%s %s\n got %q\nwant %q %v", object, body, got, want, fs)
				break
			}
		}
	}
	get := instance{url: "https://api.hubapi.com/crm/v3/objects/contacts/search", method: "GET", body: "${input.rawRequest}"}
	if got := grave(check(t, get.text(t))); !slices.Contains(got, "error DA-REQ-002") {
		t.Error(got)
	}
}

// Each hint is followed: its text is put in the place of what it is about, and then nothing is
// found and the template works with the input and without it.
func TestHintsAreRight(t *testing.T) {
	const input = `{"type":"object","required":["text"],"properties":{"text":{"type":"string"},"max":{"type":"integer"},"note":{"type":"string"},"phone":{"type":"string"}}}`
	for _, c := range []struct{ url, body, ref, code string }{
		{body: `{"a": "${input.text}"}`, ref: `${input.text}`, code: "DA-TPL-010"},
		{body: `{"a": "$!{input.note}"}`, ref: `$!{input.note}`, code: "DA-TPL-010"},
		{body: `{"a": "${input.note}"}`, ref: `${input.note}`, code: "DA-TPL-010"},
		{body: `{"a": "x"#if("$!{input.note}" != ""), "b": "${input.note}"#end}`, ref: `${input.note}`, code: "DA-TPL-010"},
		{body: `{"a": "$input.note"}`, ref: `$input.note`, code: "DA-TPL-010"},
		{body: `{"max": ${input.max}}`, ref: `${input.max}`, code: "DA-TPL-012"},
		{body: `{"max": $!{input.max}}`, ref: `$!{input.max}`, code: "DA-REQ-009"},
		{body: `{"a": 1, "max": $!input.max , "b": 2}`, ref: `$!input.max`, code: "DA-REQ-009"},
		{body: `{"max": $input.max}`, ref: `$input.max`, code: "DA-TPL-012"},
		{body: `{"max": "${input.max}"}`, ref: `${input.max}`, code: "DA-TPL-012"},
		{body: `[1, ${input.max}]`, ref: `${input.max}`, code: "DA-TPL-012"},
		{body: `{"a": "$esc.jsonString(${input.note})"}`, ref: `${input.note}`, code: "DA-TPL-012"},
		{body: `{"a": "$esc.jsonEncode("${input.note}")"}`, ref: `${input.note}`, code: "DA-TPL-012"},
		{body: `{"a": "$esc.jsonString("Note: ${input.note}!")"}`, ref: `${input.note}`, code: "DA-TPL-012"},
		{body: `{"a": "$encoding.base64(${input.note})"}`, ref: `${input.note}`, code: "DA-TPL-012"},
		{url: `https://api.example.com/x?p=${input.phone}`, ref: `${input.phone}`, code: "DA-TPL-011"},
		{url: `https://api.example.com/x?p=$!{input.phone}`, ref: `$!{input.phone}`, code: "DA-TPL-011"},
		{url: `https://api.example.com/x?p=$esc.url(${input.phone})`, ref: `${input.phone}`, code: "DA-TPL-012"},
		{url: `https://api.example.com/x/${input.text}`, ref: `${input.text}`, code: "DA-TPL-011"},
		{url: `https://api.example.com/x?n=${input.max}`, ref: `${input.max}`, code: "DA-TPL-012"},
	} {
		text := instance{url: c.url, body: c.body, input: input}.text(t)
		hint := ""
		for _, f := range check(t, text) {
			if f.Code == c.code {
				hint = f.Hint
			}
		}
		write, ok := strings.CutPrefix(hint, "write ")
		for _, end := range []string{", or ask", ", or put", ", with the quotes"} {
			write, _, _ = strings.Cut(write, end)
		}
		if !ok {
			t.Errorf("%s%s: the hint of %s is %q", c.url, c.body, c.code, hint)
			continue
		}
		url, body := strings.Replace(c.url, c.ref, write, 1), strings.Replace(c.body, c.ref, write, 1)
		if i := strings.LastIndex(c.body, c.ref); i >= 0 { // behind the #if
			body = c.body[:i] + write + c.body[i+len(c.ref):]
		}
		fs := check(t, instance{url: url, body: body, input: input}.text(t))
		if got := grave(fs); len(got) > 0 {
			t.Errorf("%s%s: after %q: %v", url, body, hint, fs)
		}
		for _, in := range []map[string]any{{"text": `a "b" \ c`}, {"text": "x", "note": "two\n\"lines\"", "max": 7, "phone": "+15135550142"}} {
			r := sent(t, instance{url: url, body: body, input: input}.text(t), in)
			if r.Err != nil {
				t.Errorf("%s%s with %v: %v", url, body, in, r.Err)
			}
		}
	}
	// comparisons with a mapped text
	for cond, want := range map[string]string{`$name == "active"`: "$name == ", `$name.startsWith("act")`: "$name.startsWith(", `$name.equalsIgnoreCase("active")`: "$name.equalsIgnoreCase(", `$name.endsWith("ve")`: "$name.endsWith(", `$name.matches("active")`: "$name.matches("} {
		with := func(cond string) instance {
			return instance{success: `{"name": #if(` + cond + `)"yes"#{else}"no"#end, "count": ${count}}`}
		}
		hint := ""
		for _, f := range check(t, with(cond).text(t)) {
			hint = f.Hint
		}
		i := strings.Index(hint, want)
		if i < 0 {
			t.Errorf("%s: hint %q", cond, hint)
			continue
		}
		fixed := with(hint[i:])
		if got := grave(check(t, fixed.text(t))); len(got) > 0 {
			t.Errorf("%s: %v", hint[i:], got)
		}
		if r := sent(t, fixed.text(t), map[string]any{"q": "x"}); r.Err != nil || r.Outputs["name"].Str() != "yes" {
			t.Errorf("%s: %v %v", hint[i:], r.Outputs, r.Err)
		}
	}
}

// sent runs an action whose reply has an active name; the body must be JSON.
func sent(t *testing.T, text string, in map[string]any) *dataaction.Result {
	t.Helper()
	d, fs := dataaction.ParseExport("a", []byte(text))
	if d == nil {
		t.Fatal(fs)
	}
	s := &script{answers: []dataaction.Response{ok(`{"name":"active","count":3}`)}}
	r := dataaction.Run(t.Context(), compile(t, d, dataaction.Options{}), in, s, dataaction.RunOptions{})
	for _, q := range s.sent {
		if !json.Valid(q.Body) {
			t.Errorf("no JSON is sent: %s", q.Body)
		}
	}
	return r
}
