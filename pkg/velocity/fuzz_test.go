package velocity

import (
	"errors"
	"strings"
	"testing"
)

// seeds are small templates of every construct.
var seeds = []string{
	"", "a", "$input.a", "${input.a.length()}", `$!{input.zz}`, "#if($input.b)y#{elseif}($n>1)z#else w#end",
	"#set($x = [1..3])#foreach($e in $x)$e$foreach.count#end", `$esc.url("a ${n}")`, `\$n \\$n \#if`, "## c\n#* d *##[[ $n ]]#",
	`#set($m = {"a":[1,'b']})$m.a[0]$m["a"][-1]`, `$l.get(0)$l[1].replace(" ","")`, "$.x $[ $![ $ # #1 #FFF() $$n", "#set($x=1+2*3/0-5%2)$!x",
	`$s.repeat(999999999)`, "#foreach($a in [1..9999])#foreach($b in [1..9999])x#end#end", `#set($x=$s+$s)#set($x=$x+$x)`,
	`"#if($t)""$n""#end"`, "#break#stop", "#literal()$n#end", `$s.split(",")`, "$s.matches('(a*)*b')", "#set($l[0]=$l)$l.add($l)$l",
	"((((((((((", "#if((((($n)))))x#end", `$a.b([$a.b([$a.b([`, "#foreach($x in [[[[[[[[1]]]]]]]])$x#end",
}

// FuzzTemplate states three laws: the tokens of a template are its text; any text gives an
// answer or an *Error; and rendering ends within its budget, output included.
func FuzzTemplate(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	const budget = 200_000
	vars := map[string]any{
		"input": map[string]any{"a": "x y", "b": true, "zz": nil}, "n": 7, "t": true, "s": "a,b",
		"l": []any{"p q", 1, nil}, "m": map[string]any{"k": "v"}, "a": map[string]any{"b": "c"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := Parse("t", text)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 {
				t.Fatalf("Parse failed with %#v", err)
			}
			return
		}
		if got := tokensOf(t, text); got != text {
			t.Fatalf("the tokens of %q are %q", text, got)
		}
		tmpl.Check(Scope{JSON: true})
		for _, lax := range []bool{false, true} {
			s, err := tmpl.Render(vars, Options{Lax: lax, Budget: budget})
			var e *Error
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("Render failed with %#v", err)
			}
			if len(s) > budget {
				t.Fatalf("%d bytes of output", len(s))
			}
		}
	})
}

// tokensOf joins what the tokens of a template were cut from.
func tokensOf(t *testing.T, text string) string {
	p := &parser{t: &Template{name: "t", text: text, lines: []int{0}}, s: scanner{src: text}}
	if _, err := p.template(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, tok := range p.toks {
		b.WriteString(tok.raw)
	}
	return b.String()
}

// TestBudget lets no template escape.
func TestBudget(t *testing.T) {
	vars := map[string]any{"s": strings.Repeat("ab", 1000)}
	for _, text := range []string{
		"#foreach($a in [1..2147483647])x#end",
		"#foreach($a in [1..9999])#foreach($b in [1..9999])#end#end",
		"#foreach($a in [1..9999])#foreach($b in [1..9999])#if($s)#end#end#end",
		"$s.repeat(2147483647)", `$s.replace("","$s$s$s$s$s$s$s$s$s$s")`, `$s.replaceAll("","$s$s$s$s$s$s$s$s$s$s")`,
		"#foreach($a in [1..60])#set($s = $s + $s)#end", "#set($n=9)#foreach($a in [1..60])#set($n=$n*$n)#end$n",
		"#set($l=[1])#foreach($a in [1..60])$l.addAll($l)#end", "#foreach($a in [1..9999])$s#end$s.format('%99999s','x')",
		"#set($l=[1,2,3,4,5,6,7,8])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])#set($l=[$l,$l,$l,$l,$l,$l,$l,$l])$l",
	} {
		tmpl, err := Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmpl.Render(vars, Options{Budget: 1 << 20}); err == nil || !strings.Contains(err.Error(), errBudget.Error()) {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

// TestNesting refuses what would exhaust the stack.
func TestNesting(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("#if($a)", 100000), "#if(" + strings.Repeat("(", 100000), "#if(" + strings.Repeat("!", 100000),
		"#set($x=" + strings.Repeat("[", 100000), "$a" + strings.Repeat(".b($a", 100000), strings.Repeat("$a[", 100000),
		"#set($x=" + strings.Repeat("{1:", 100000), strings.Repeat(`$a.b([$a`, 40), strings.Repeat(`\`, 200000),
		"#set($x=" + strings.Repeat("[$a.b(", 5000),
	} {
		if _, err := Parse("t", s); err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Errorf("%.20s: %#v", s, err)
			}
		}
	}
}

const searchBody = `{
  "filterGroups": [
    {"filters": [{"propertyName": "hs_searchable_calculated_phone_number", "operator": "EQ", "value": "$esc.jsonString("${input.national}")"}]},
    {"filters": [{"propertyName": "hs_searchable_calculated_mobile_number", "operator": "EQ", "value": "$esc.jsonString("${input.national}")"}]},
    {"filters": [{"propertyName": "phone", "operator": "EQ", "value": "$esc.jsonString("${input.e164}")"}]},
    {"filters": [{"propertyName": "mobilephone", "operator": "EQ", "value": "$esc.jsonString("${input.e164}")"}]}
  ],
  "sorts": [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}],
  "properties": ["firstname", "lastname", "email", "phone", "mobilephone", "company", "lifecyclestage", "hs_lead_status",
    "hubspot_owner_id", "createdate", "lastmodifieddate", "notes_last_contacted", "num_associated_deals", "hs_object_id",
    "hs_additional_emails", "hs_calculated_phone_number", "hs_calculated_mobile_number", "hs_country_region_code",
    "hs_language", "hs_timezone", "jobtitle", "salutation", "address", "city", "state", "zip", "country", "website",
    "recent_deal_amount", "recent_deal_close_date", "total_revenue", "hs_analytics_source", "hs_email_optout"],
  "query": "$!{input.query}",
  "limit": ${input.limit}
}`

// BenchmarkRender renders a search body of about 1.5 kB with six insertions.
func BenchmarkRender(b *testing.B) {
	tmpl, err := Parse("body", searchBody)
	if err != nil {
		b.Fatal(err)
	}
	vars := map[string]any{"input": map[string]any{"national": "5135550142", "e164": "+15135550142", "query": "", "limit": 10}}
	out, err := tmpl.Render(vars, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(out)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tmpl.Render(vars, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("body", searchBody); err != nil {
			b.Fatal(err)
		}
	}
}
