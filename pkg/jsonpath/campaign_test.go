package jsonpath_test

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
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

var (
	campaign = flag.Int("campaign", 0, "compare so many generated questions with Jayway JsonPath (needs a JDK and -jayway)")
	jars     = flag.String("jayway", os.Getenv("DEALROUTE_JAYWAY"), "class path with Jayway JsonPath and Jackson; a WireMock standalone jar will do")
	seed     = flag.Uint64("seed", 1, "of the generated questions")
	tolerate = flag.Int("tolerate", 0, "differences per thousand questions that the campaign accepts")
)

// TestCampaign asks the real library what this package is asked. Every question is made of
// paths that a person might write, half of them then damaged by a character.
func TestCampaign(t *testing.T) {
	if *campaign == 0 {
		t.Skip("no -campaign")
	}
	r := rand.New(rand.NewPCG(*seed, 0))
	type question struct {
		Path     string         `json:"path"`
		Document jsonpath.Value `json:"document"`
	}
	var in bytes.Buffer
	var questions []question
	w := json.NewEncoder(&in)
	w.SetEscapeHTML(false)
	for len(questions) < *campaign {
		q := question{Path: generatePath(r), Document: generateDocument(r, 0)}
		questions = append(questions, q)
		if err := w.Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	out := bufio.NewReader(bytes.NewReader(askJayway(t, in.Bytes())))
	different := 0
	for _, q := range questions {
		line, err := out.ReadBytes('\n')
		if err != nil {
			t.Fatal("the library stopped answering: ", err)
		}
		var a struct {
			Definite bool
			Result   jsonpath.Value
			Error    *string
		}
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		want := answer{err: a.Error != nil, definite: a.Definite, value: a.Result}
		if a.Error != nil {
			want.why = fmt.Errorf("%s", *a.Error)
		}
		if got := ask(q.Path, q.Document); !want.same(got) {
			different++
			if different <= 60 {
				t.Logf("%s\n  on   %s\n  got  %v\n  want %v", q.Path, q.Document, got, want)
			}
		}
	}
	t.Logf("%d of %d agree", len(questions)-different, len(questions))
	if different*1000 > *tolerate*len(questions) {
		t.Errorf("%d differ", different)
	}
}

func askJayway(t *testing.T, questions []byte) []byte {
	t.Helper()
	if *jars == "" {
		t.Fatal("-campaign needs -jayway")
	}
	driver, err := os.ReadFile("testdata/Jayway.java")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(*jars, "wiremock") { // its copies live below its own name
		driver = bytes.ReplaceAll(driver, []byte("import com."), []byte("import wiremock.com."))
	}
	dir := t.TempDir()
	src := filepath.Join(dir, "Jayway.java")
	if err := os.WriteFile(src, driver, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("javac", "-cp", *jars, src).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	cmd := exec.Command("java", "-cp", *jars+string(os.PathListSeparator)+dir, "Jayway")
	cmd.Stdin = bytes.NewReader(questions)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var names = []string{"a", "a", "b", "id", "id", "n", "items", "x y", "d.t", "length", "Ä"}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func generateDocument(r *rand.Rand, depth int) jsonpath.Value {
	n := r.IntN(10)
	if depth < 3 {
		n = r.IntN(14)
	}
	if depth == 0 {
		n = 8 + r.IntN(2)
	}
	if depth > 3 {
		n = r.IntN(8)
	}
	switch n {
	case 0:
		return jsonpath.Value{}
	case 1:
		return jsonpath.Bool(r.IntN(2) == 0)
	case 2, 3:
		return jsonpath.Digits(pick(r, "0", "1", "2", "3", "7", "-1", "2.5", "10", "1.0", "12345678901"))
	case 4, 5, 6:
		return jsonpath.Text(pick(r, "a", "b", "", "1", "10", "it's", "x y", "A", "abc", "2.5", "true", "null", "[1]", "$.a", "ä"))
	case 7, 8, 10, 11:
		if depth > 0 || r.IntN(4) == 0 {
			items := make([]jsonpath.Value, r.IntN(5))
			for i := range items {
				items[i] = generateDocument(r, depth+1)
			}
			return jsonpath.List(items...)
		}
	}
	var members []jsonpath.Member
	for range 1 + r.IntN(5) {
		members = append(members, jsonpath.Member{Name: pick(r, names...), Value: generateDocument(r, depth+1)})
	}
	return jsonpath.Map(members...)
}

func generatePath(r *rand.Rand) string {
	p := pick(r, "$", "$", "$", "$", "", "@") + generateSteps(r, 0)
	if r.IntN(4) == 0 && len(p) > 1 { // damage
		at := r.IntN(len(p))
		switch r.IntN(3) {
		case 0:
			p = p[:at] + p[at+1:]
		case 1:
			p = p[:at] + pick(r, strings.Split(". [ ] ( ) ' \" * @ $ , : ? ! - 0 a / \\ = & |", " ")...) + p[at:]
		default:
			p = p[:at] + " " + p[at:]
		}
	}
	return strings.ToValidUTF8(p, "?")
}

func generateSteps(r *rand.Rand, depth int) string {
	var b strings.Builder
	for range 1 + r.IntN(4-min(depth, 2)) {
		b.WriteString(generateStep(r, depth))
	}
	if r.IntN(6) == 0 {
		b.WriteString("." + pick(r, "length()", "size()", "keys()", "first()", "last()", "min()", "max()", "sum()", "avg()", "stddev()",
			"concat()", "index($.n)", "concat($.a,$.b)", `concat("x", $.name)`, "append(1)", "append($.a)", "length($.a)", "sum($..n)", "nope()", "max($.items)"))
	}
	return b.String()
}

func generateStep(r *rand.Rand, depth int) string {
	plain := pick(r, "a", "a", "b", "id", "id", "n", "items", "length")
	switch r.IntN(14) {
	case 0, 1, 2, 3:
		return "." + plain
	case 4:
		return "['" + pick(r, names...) + "']"
	case 5:
		return pick(r, `["`+plain+`"]`, ".['"+plain+"']", "['a','b']", "['a', 'id','n']", "[ 'a' ]")
	case 6, 7:
		return fmt.Sprintf("[%d]", r.IntN(5)-2)
	case 8:
		return pick(r, "[0,1]", "[1,0, 2]", "[:2]", "[1:]", "[-2:]", "[:-1]", "[0:2]", "[1:-1]", "[-2:-1]", "[::2]", "[0:2:1]", "[ 0 ]", "[-3:2]")
	case 9:
		return pick(r, ".*", "[*]", "[ * ]")
	case 10:
		return ".." + pick(r, plain, "*", "[0]", "['"+plain+"']", "[*]", "[?("+generateFilter(r, depth+1)+")]")
	}
	if depth > 1 {
		return "." + plain
	}
	return "[?" + pick(r, "", "", " ") + "(" + generateFilter(r, depth+1) + ")" + pick(r, "", "", " ") + "]"
}

func generateFilter(r *rand.Rand, depth int) string {
	switch r.IntN(9) {
	case 0:
		return generateFilter(r, depth) + pick(r, " && ", "&&") + generateFilter(r, depth)
	case 1:
		return generateFilter(r, depth) + pick(r, " || ", "||") + generateFilter(r, depth)
	case 2:
		return pick(r, "!(", "(", "! (") + generateFilter(r, depth) + ")"
	case 3:
		return pick(r, "", "!") + generateOperand(r, depth)
	case 4:
		return generateOperand(r, depth) + " =~ " + pick(r, "/a.*/", "/A/i", "/.*/", "/[0-9]+/", "/x\\/y/", "/(a|b)/m")
	case 5:
		return generateOperand(r, depth) + " " + pick(r, "in", "nin", "anyof", "subsetof", "noneof", "all", "IN", "contains") + " " +
			pick(r, "['a','b']", "[1, 2]", "[1,'1',null]", "[a,b]", "[true]", "[]", `["a"]`, "[2.5,1.0]", generateOperand(r, depth))
	case 6:
		return generateOperand(r, depth) + " " + pick(r, "size 2", "size 0", "size 1", "empty true", "empty false", "contains 'a'", "contains 1", "contains '1'", "exists true", "type 'a'")
	}
	return generateOperand(r, depth) + pick(r, " == ", "==", " != ", "!=", " < ", " <= ", ">", " >= ", " === ", " !== ") + generateOperand(r, depth)
}

func generateOperand(r *rand.Rand, depth int) string {
	switch r.IntN(5) {
	case 0:
		return pick(r, "1", "'a'", `"b"`, "null", "true", "false", "2.5", "-1", "''", "'10'", "[1,2]", `{"a":1}`, "1.0", "'it\\'s'", "1e1", "['a']")
	case 1:
		return pick(r, "@", "$.a", "$.n", "$..id", "@.length()", "@['a']", "@[0]", "@.x", "@..n", "@.*")
	}
	return "@" + generateSteps(r, depth+1)
}
