package velocity_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	campaign = flag.Int("campaign", 0, "how many generated templates to compare with Apache Velocity 1.7")
	seed     = flag.Uint64("seed", 1, "of the campaign")
)

// campaignContext has a value of every kind.
const campaignContext = `{"input":{"a":"x y","phone":"+1 (513)","n":5,"big":3000000000,"b":true,"f":false,` +
	`"empty":"","d":1.5,"m":{"k":"v","n":{"z":7}},"z":null,"l":["p","q",3,null],"quote":"say \"hi\" \\ é€😀"},` +
	`"list":["p","q"],"nums":[3,1,2],"id":"abc","js":"\"abc\"","arr":"[\"a\",{\"b\":[1,2.50]}]","none":"[]",` +
	`"n":7,"t":true,"nul":null,"rawResult":"{\"ok\":true}"}`

// batch is how many templates one run of the engine answers.
const batch = 2500

// TestCampaign compares generated templates with the real engine.
func TestCampaign(t *testing.T) {
	if *campaign == 0 {
		t.Skip("no -campaign N: the real engine is not asked")
	}
	oracle := startOracle(t)
	known := differences(t)
	g := &generator{rand.New(rand.NewPCG(*seed, 1))}
	var out bytes.Buffer
	lost := 0
	for todo := *campaign; todo > 0; todo -= batch {
		n := min(todo, batch)
		var in, answers, stderr bytes.Buffer
		for range n {
			q, err := json.Marshal(map[string]any{"template": g.template(), "context": json.RawMessage(campaignContext)})
			if err != nil {
				t.Fatal(err)
			}
			in.Write(append(q, '\n'))
		}
		cmd := oracle()
		cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &answers, &stderr
		// A template that puts the context into itself kills the program when it answers.
		if err := cmd.Run(); err != nil {
			t.Logf("a batch was lost: %v: %.200s", err, stderr.String())
			lost += n - bytes.Count(answers.Bytes(), []byte("\n"))
		}
		out.Write(answers.Bytes())
	}
	// An address is never the same twice, and a change of the context in the strict run is
	// seen by the lax run of the oracle.
	address := regexp.MustCompile(`@[0-9a-f]{5,8}`)
	leak := regexp.MustCompile(`#(set|\{set\}) *\(\s*\$!?\{?\w+[.\[]`)
	n, ok, skipped, differ := 0, 0, 0, 0
	for s := lines(&out); s.Scan(); n++ {
		var q question
		if err := json.Unmarshal(s.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		if known(q.Template) != "" || address.Match(s.Bytes()) {
			skipped++
			continue
		}
		if q.Strict.OK != nil {
			ok++
		}
		strict, lax := ask(q, false), ask(q, true)
		if refused(strict) || refused(lax) {
			skipped++
			continue
		}
		bad := !strict.agrees(q.Strict) || !leak.MatchString(q.Template) && !lax.agrees(q.Lax)
		if bad {
			if differ++; differ <= 40 {
				t.Errorf("%q\nstrict got %v\n      want %v\nlax    got %v\n      want %v", q.Template, strict, q.Strict, lax, q.Lax)
			}
		}
	}
	t.Logf("%d templates, %d of them rendered by Velocity in strict mode, %d skipped, %d differ", n, ok, skipped, differ)
	if n+lost != *campaign || lost > *campaign/20 {
		t.Errorf("the engine answered %d of %d, %d lost", n, *campaign, lost)
	}
}

// refused recognises what is refused here by a message of its own, whatever the template:
// addresses in a text, what is rare in regular expressions, fractions with integers beyond 64 bits.
func refused(a answer) bool {
	if a.Error == nil {
		return false
	}
	for _, s := range [...]string{"has no text", "prints an address", "is not supported"} {
		if strings.Contains(*a.Error, s) {
			return true
		}
	}
	return false
}

func lines(r *bytes.Buffer) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 64<<20)
	return s
}

// startOracle compiles the program that asks the real engine.
func startOracle(t *testing.T) func() *exec.Cmd {
	t.Helper()
	folder := os.Getenv("DEALROUTE_ORACLES")
	if folder == "" {
		t.Skip("DEALROUTE_ORACLES is not set: no engine to compare with")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("there is no java")
	}
	jars := os.Getenv("DEALROUTE_JARS")
	if jars == "" {
		jars = "/usr/share/java" // where Debian's packages put them
	}
	dir := t.TempDir()
	path := []string{dir}
	for _, jar := range []string{
		"velocity", "velocity-tools", "jackson-databind", "jackson-core", "jackson-annotations",
		"commons-collections3", "commons-lang",
	} {
		path = append(path, filepath.Join(jars, jar+".jar"))
	}
	cp := strings.Join(path, string(os.PathListSeparator))
	src := filepath.Join(folder, "Velocity.java")
	if out, err := exec.Command("javac", "-cp", cp, "-d", dir, src).CombinedOutput(); err != nil {
		t.Fatalf("compile the oracle: %v\n%s", err, out)
	}
	return func() *exec.Cmd {
		cmd := exec.Command(java, "-cp", cp, "Velocity")
		cmd.Dir = dir
		return cmd
	}
}

// generator writes templates: most are well formed, some are a soup of its tokens.
type generator struct{ *rand.Rand }

func (g *generator) pick(s ...string) string { return s[g.IntN(len(s))] }

// one calls one of the functions.
func (g *generator) one(fs ...func() string) string { return fs[g.IntN(len(fs))]() }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) template() string {
	if g.chance(15) {
		return g.soup(2 + g.IntN(14))
	}
	s := g.body(g.IntN(4))
	if g.chance(8) {
		i := g.IntN(len(s) + 1)
		s = s[:i] + g.soup(1+g.IntN(2)) + s[i:]
	}
	if g.chance(4) && len(s) > 0 {
		i := g.IntN(len(s))
		s = s[:i] + s[i+1:]
	}
	return strings.ToValidUTF8(s, "")
}

func (g *generator) soup(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(g.pick("$", "$!", "${", "$!{", "}", "{", `\`, `\\`, "#", "#if(", "#if", "(", ")", `"`, "'", "[", "]",
			".", "a", "id", "$id", "input", " ", "  ", "\n", "\r\n", "\t", "#end", "#{end}", "#else", "#{else}", "#elseif(", "#set(",
			"#foreach(", "=", "==", "1", "-2", "..", "1.5", "true", "false", ",", ":", "*", "##", "#*", "*#", "#**", "#[[", "]]#",
			"-", "+", "&&", "||", "!", "not", "$input.a", "$x", "in", "<", ".length()", "@", "_", "é", "#FFF", "#break", "#stop",
			"$t", "$nul", `\u0041`, "%", "/", "$list", "[0]", "e", "E5", ";", "|", "&", "$esc.url(", "?", "null"))
	}
	return b.String()
}

func (g *generator) body(depth int) string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(g.piece(depth))
	}
	return b.String()
}

func (g *generator) piece(depth int) string {
	if depth == 0 {
		return g.one(g.text, func() string { return g.reference(1) })
	}
	return g.one(g.text, g.text, g.text,
		func() string { return g.reference(2) }, func() string { return g.reference(2) }, func() string { return g.reference(2) },
		func() string { return g.ifThen(depth - 1) }, func() string { return g.ifThen(depth - 1) },
		func() string { return g.set(2) }, func() string { return g.foreach(depth - 1) }, g.odd)
}

func (g *generator) text() string {
	return g.pick("a", " ", "  ", "\n", "\n\n", " \n ", "\t", "\r\n", "x", "{", "}", `"`, `'`, ", ", ": ", `{"k":`, `"v"`, "[1]", "(", ")",
		"/api/v2?q=", "&", "=", ".", ".x", "-", "\\", "\\\\", "é", "😀", "100%", "# ", "#1", "$ ", "$5", "$-", "&#x20;", "a.b(c)", "$.x",
		"\\n", "text ", "!", "@", "*", "$!", "#,", "true", "_", "]", "..", "http://h/p", "#FF00aa ", "$(", "#(", "]]", "*#", "]]#", ";")
}

// odd gives comments, escapes, text blocks and what looks like a directive.
func (g *generator) odd() string {
	return g.pick("## c\n", "##c", "#* c *#", "#** d *#", "#*c\n*#\n", "#[[ $id #if ]]#", `\$id`, `\\$id`, `\$nope`, `\\\$nope`, `\$!id`,
		`\#if`, `\#end`, `\\#end`, `\#foo`, `\#{else}`, `\#set`, `\#foreach`, `$\!id`, `$\!nope.x`, `\${id}`, `\\${nope}`, "$$id", "$$$nope", "#$id",
		"#foo", "#foo()", "#foo($id)", "#{foo}", "#foo bar", "#elsewhere", "#ending", "#ifx", "#break", "#stop", "#stop(1)", "#{if}($t)y#{end}", "$#if($t)y#end",
		"#set ($v = 1)$v", "#{set}($v=2)", "  #set($v = 3)  \n", "#set($v=4)\n\n", "\t#set($v=5)", "#literal()$id#end", "#literal() #if #end", "#{literal}()x#end",
		`#if("a")1#end`, `$id.`, `$id..`, `${id}.x`, `$id.1`, "${id", "$id[", "$id.length(", "$id.length( )", "$id.length (", "$id .x", "$input.a-b", "$id-x",
		"$true", "$id.true", "$idé", "$id\u00a0", "$_x", "$1", "$a1", "#@foo()x#end", "##", "#*", "#[[x]]", "$foreach.count", "$velocityCount", "#end", "#else")
}

func (g *generator) root() string {
	return g.pick("id", "input", "input", "list", "nums", "js", "arr", "none", "n", "t", "nul", "rawResult", "x", "y", "v", "nope", "esc", "input.a", "input.b",
		"input.f", "input.n", "input.d", "input.z", "input.zz", "input.m", "input.m.k", "input.m.n.z", "input.l", "input.empty", "input.big", "input.quote", "input.phone")
}

func (g *generator) reference(depth int) string {
	body := g.root()
	for g.chance(30) {
		body += g.step(depth)
	}
	if g.chance(12) {
		body = g.tool(depth)
	}
	switch g.IntN(6) {
	case 0:
		return "$!" + body
	case 1:
		return "$!{" + body + "}"
	case 2, 3:
		return "${" + body + "}"
	}
	return "$" + body
}

func (g *generator) tool(depth int) string {
	v := g.value(depth - 1)
	return g.pick("esc.url("+v+")", "esc.jsonString("+v+")", "esc.jsonEncode("+v+")", "esc.xml("+v+")", "esc.html("+v+")", "esc.java("+v+")",
		"esc.javascript("+v+")", "esc.sql("+v+")", "esc.urlFormEncode("+v+")", "esc.velocity("+v+")", "esc.propertyKey("+v+")", "esc.propertyValue("+v+")",
		"encoding.base64("+v+")", "successTemplateUtils.firstFromArray("+v+")", `successTemplateUtils.firstFromArray("${arr}")`,
		`successTemplateUtils.firstFromArray($none, `+v+")", `successTemplateUtils.firstFromArray($arr,"0")`, "esc.quote", "esc.q", "esc.dollar", "esc.h", "esc.nope",
		"esc.nope("+v+")", "esc.url()", "esc.newline", "esc.getQuote()", "esc.unicode(\"20ac\")")
}

func (g *generator) step(depth int) string {
	v := g.value(depth - 1)
	w := g.value(depth - 1)
	return g.pick(".a", ".k", ".length()", ".size()", ".empty", ".isEmpty()", ".toString()", ".toUpperCase()", ".trim()", "["+v+"]", "[0]", "[-1]", `["a"]`,
		".get("+v+")", ".get(0)", ".get('a')", ".substring("+g.pick("0", "1", "2,3", "0,1", "-1", "9", v)+")", ".indexOf("+v+")", ".replace("+v+","+w+")",
		".replace(' ','%20')", ".contains("+v+")", ".startsWith("+v+")", ".equals("+v+")", ".concat("+v+")", ".split(' ')[0]", ".split(\"[ b]\").size()",
		".replaceAll('[a-c ]+','-')", ".matches('[a-z]+')", ".charAt(0)", ".hashCode()", ".compareTo("+v+")", ".lastIndexOf("+v+")", ".keySet()", ".values()",
		".containsKey("+v+")", ".entrySet()", ".subList(0,1)", ".intValue()", ".nope", ".nope()", ".nope("+v+")", ".iterator().next()", ".equalsIgnoreCase("+v+")",
		".endsWith("+v+")", ".toLowerCase()", ".replaceFirst('.','<$0>')", ".format('%s-%d',"+v+",3)", ".isBlank()", ".repeat(2)", ".getOrDefault("+v+","+w+")",
		".doubleValue()", ".longValue()", ".m.k", ".l", ".n", ".indexOf("+v+",1)", ".index", ".count", ".hasNext", ".strip()", ".parseInt("+v+")", ".valueOf("+v+")",
		".join(',',$list)", ".containsValue("+v+")", ".max(1,2)", ".booleanValue()", ".regionMatches(0,'a',0,1)")
}

// value gives an operand.
func (g *generator) value(depth int) string {
	if depth <= 0 {
		return g.pick("1", "0", "-3", "2.5", "'a'", `"b"`, "true", "false", "$id", "$n", "$t", "$nul", "$input.a", "${input.n}", `"$id"`, `"${input.a}"`, `"$!{input.zz}"`, "[]", "{}")
	}
	return g.one(func() string { return g.reference(depth - 1) }, func() string { return g.reference(depth - 1) }, g.number, g.quoted,
		func() string { return `"` + strings.ReplaceAll(g.body(depth-1), `"`, `""`) + `"` },
		func() string { return "[" + g.value(depth-1) + g.pick(",", " , ") + g.value(depth-1) + "]" },
		func() string {
			return "[" + g.pick("1..3", "3..1", "$n..9", " 1 .. $n ", "0..$list.size()", "-1..1") + "]"
		},
		func() string { return `{"k":` + g.value(depth-1) + g.pick("", `, 'l' : 2`, ",1:2") + "}" },
		func() string { return g.pick("true", "false") })
}

func (g *generator) number() string {
	return g.pick("0", "1", "2", "-7", "10", "2147483647", "-2147483648", "9223372036854775807", "99999999999999999999", "1.5", "-.5", "1.", "2e3", "1.0E-7", "100.0", "0.001", "12345678.9")
}

func (g *generator) quoted() string {
	return g.pick("''", `""`, `'a'`, `"abc"`, `"a""b"`, `'it''s'`, `'$id'`, `"$id"`, `"${id}x"`, `"$!nope"`, `"#if($t)y#end"`, `"a##b"`, `"a # b"`, `"\u0041"`, `"\n"`, `"\$id"`, `"$"`, `"#"`,
		`"$nope"`, `"x y"`, `"#set($w=1)$w"`, `"#* c *#d"`, `"5"`, `'5'`, `"true"`, "\"a\nb\"", `"$id.length()"`, `"""`, `"#break"`)
}

func (g *generator) expr(depth int) string {
	if depth <= 0 {
		return g.value(1)
	}
	sp := g.pick("", " ", " ", "  ", "\n")
	return g.one(func() string { return g.value(2) }, func() string { return g.value(1) },
		func() string { return g.pick("!", "not ", "! ") + g.expr(depth-1) },
		func() string { return "(" + sp + g.expr(depth-1) + sp + ")" },
		func() string {
			op := g.pick("==", "!=", "<", ">", "<=", ">=", " eq ", " ne ", " lt ", " gt ", " le ", " ge ", "==", "!=")
			return g.expr(depth-1) + sp + op + sp + g.expr(depth-1)
		},
		func() string {
			return g.expr(depth-1) + sp + g.pick("&&", "||", " and ", " or ") + sp + g.expr(depth-1)
		},
		func() string {
			return g.expr(depth-1) + " " + g.pick("+", "-", "*", "/", "%", "+") + " " + g.expr(depth-1)
		})
}

func (g *generator) gap() string { return g.pick("", "", "", " ", "\n", " \n", "\n  ", "\r\n", "\t\n") }

func (g *generator) ifThen(depth int) string {
	s := g.pick("#if", "#if", "#{if}") + g.pick("", " ", "\n") + "(" + g.expr(2) + ")" + g.gap() + g.body(depth)
	for g.chance(25) {
		s += g.pick("#elseif", "#{elseif}") + g.pick("", " ") + "(" + g.expr(1) + ")" + g.gap() + g.body(depth)
	}
	if g.chance(45) {
		s += g.pick("#else", "#{else}", "#else ") + g.gap() + g.body(depth)
	}
	return s + g.pick("#end", "#end", "#{end}", "#end ") + g.gap()
}

func (g *generator) set(depth int) string {
	left := g.pick("$x", "$y", "$v", "$x", "$!x", "${x}", "$x.k", "$x[0]", `$x["k"]`, "$nope.x", "$id.x", "$!{y}", "$id")
	return g.pick("", "  ") + g.pick("#set", "#set ", "#{set}") + "(" + g.pick("", " ") + left + g.pick("=", " = ", " =") + g.expr(depth) + ")" + g.gap() +
		g.pick("", "$x", "$!x", "${x}", "$y", "$v")
}

func (g *generator) foreach(depth int) string {
	item := g.pick("$x", "$e", "${e}", "$!e")
	in := g.pick("$list", "$nums", "$input.l", "$input.m", "[1..3]", "[]", "['a',2]", "$input.entrySet()", "$nul", "$nope", "$id", g.value(2), g.reference(2), "{'a':1}")
	inner := g.pick("$e", "$x", "$!e", "$foreach.index", "$foreach.count", "$velocityCount", "#if($foreach.hasNext), #end", "$foreach.parent.index", "#break", "$e.key", "$velocityHasNext",
		"#if($foreach.last)L#end", "$foreach.first")
	return "#foreach" + g.pick("", " ") + "(" + g.pick("", " ") + item + " in " + in + g.pick("", " ") + ")" + g.gap() + inner + g.body(depth) + g.pick("#end", "#{end}") + g.gap() +
		fmt.Sprint(g.pick("", "$!e", "$e", "$foreach", "$velocityCount"))
}
