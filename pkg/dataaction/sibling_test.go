package dataaction_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

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
		{instance{body: `{"a":${input.q}}`}, ""},
		{instance{body: `{"a":1,${input.q}}`}, ""},
		{instance{body: `{"a":1${input.q}}`}, ""},
		{instance{body: `[${input.q}{"a":1}]`}, ""},
		{instance{body: `{"n":${credentials.number}}`}, ""},
		{instance{body: `{"a":${input.q} "b":1}`}, ""},
		{instance{body: `{"a":${input.q}} "b":1}`}, "error DA-REQ-009"},
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
