package blueprint

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// No template of a user's goes on for ever or takes the memory: each ends at a limit, and the
// finding has the line that was at work.
func TestEveryTemplateEnds(t *testing.T) {
	var calls strings.Builder
	for i := range 40 {
		fmt.Fprintf(&calls, `{{define "d%d"}}{{template "d%d"}}{{template "d%d"}}{{end}}`, i, i+1, i+1)
	}
	twice := func(first, step string) string {
		return "\n\n{{$a := " + first + "}}" + strings.Repeat("{{$a = "+step+"}}", 40)
	}
	for name, c := range map[string]struct{ src, want string }{
		"forty templates that call twice":      {calls.String() + "{{define \"d40\"}}x{{end}}\n\n{{template \"d0\"}}", "steps"},
		"the same without a text":              {calls.String() + "{{define \"d40\"}}{{end}}\n\n{{template \"d0\"}}", "steps"},
		"a template that calls itself":         {"{{define \"r\"}}\n\n{{template \"r\"}}{{end}}{{template \"r\"}}", "maximum template depth"},
		"two that call each other":             {"{{define \"a\"}}\n\n{{template \"b\"}}{{end}}{{define \"b\"}}{{template \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "maximum template depth"},
		"a range over a number":                {"\n\n{{range 100000000000}}x{{end}}", "steps"},
		"a range without a body":               {"\n\n{{range 100000000000}}{{end}}", "steps"},
		"a range with an assignment":           {"\n\n{{$x := 0}}{{range $i := 100000000000}}{{$x = $i}}{{end}}", "steps"},
		"a range that goes on":                 {"\n\n{{range 100000000000}}{{continue}}{{end}}", "steps"},
		"a condition in a range":               {"\n\n{{range 100000000000}}{{if .}}{{end}}{{end}}", "steps"},
		"ranges in ranges":                     {"\n\n{{range 10000}}{{range 10000}}{{range 10000}}{{end}}{{end}}{{end}}", "steps"},
		"a large text, often":                  {"\n\n{{range 1000000}}" + strings.Repeat("text ", 1000) + "{{end}}", "gives more than"},
		"a large value, often":                 {"\n\n{{$a := printf \"%999s\" \"x\"}}{{range 1000000}}{{lit $a}}{{end}}", "gives more than"},
		"print that doubles":                   {twice(`"xxxxxxxx"`, "print $a $a"), "value of more than"},
		"println that doubles":                 {twice(`"xxxxxxxx"`, "println $a $a"), "value of more than"},
		"printf that doubles":                  {twice(`"xxxxxxxx"`, `printf "%s%[1]s" $a`), "value of more than"},
		"printf with a width":                  {"\n\n" + `{{lit (printf "%999999s" "x")}}`, "wide verb"},
		"printf with a width that is given":    {"\n\n" + `{{lit (printf "%*s" 999999999 "x")}}`, "wide verb"},
		"printf with a precision":              {"\n\n" + `{{lit (printf "%.999999f" 1.0)}}`, "wide verb"},
		"printf with many verbs":               {"\n\n" + `{{lit (printf "` + strings.Repeat("%[1]999s", 10000) + `" "x")}}`, "more than 100 verbs"},
		"a list of lists":                      {twice("args 1 1", "args $a $a"), "value of more than"},
		"a list of texts":                      {twice(`args "xxxxxxxx"`, `args "xxxxxxxx" $a $a`), "value of more than"},
		"html that grows":                      {twice(`"&&&&&&&&"`, "html $a $a"), "value of more than"},
		"js that grows":                        {twice(`"\\\\\\\\"`, "js $a"), "value of more than"},
		"urlquery that grows":                  {twice(`"%%%%%%%%"`, "urlquery $a $a"), "value of more than"},
		"lit that grows":                       {twice(`"\\\\\\\\"`, "lit $a"), "value of more than"},
		"name that grows":                      {twice(`"\\\\\\\\"`, "name $a"), "value of more than"},
		"json that grows":                      {twice(`"\\\\\\\\"`, "json $a"), "value of more than"},
		"json of lists":                        {"\n\n{{lit (json (args . . . ." + strings.Repeat(" $", 20000) + "))}}", "value of more than"},
		"print of lists":                       {"\n\n{{lit (print (args . . . ." + strings.Repeat(" $", 20000) + "))}}", "value of more than"},
		"ref that grows":                       {twice(`"\\\\((,,"`, `ref "queue" $a "id"`), ""},
		"parentheses":                          {"\n\n{{lit " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000) + "}}", "depth"},
		"a template larger than one":           {"#" + strings.Repeat("x", 2<<20), "larger than"},
		"conditions in conditions, not closed": {"\n\n" + strings.Repeat("{{if .On}}", 90_000), "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, fs := rendered(c.src)
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if c.want != "" {
				if len(fs) != 1 || fs[0].Code != codeTemplate || !strings.Contains(fs[0].Message, c.want) {
					t.Errorf("%.300v", fs)
				} else if c.want == "steps" && !strings.HasPrefix(name, "forty") && !strings.HasPrefix(name, "the same") && fs[0].Position.Line != 3 {
					t.Errorf("line %d", fs[0].Position.Line)
				}
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 20*time.Second || mb > 1024 {
				t.Errorf("%v, %d MB", took, mb)
			}
		})
	}
}
