package simulate_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// listed reads a whole list.
func listed(file, text string) (all []*simulate.Listed, found diag.Findings) {
	l, err := simulate.OpenList(file, strings.NewReader(text), simulate.ListOptions{})
	for err == nil {
		var e simulate.Entry
		if e, err = l.Next(); err == nil {
			c, fs := e.Read()
			found = append(found, fs...)
			if c != nil {
				all = append(all, c)
			}
		}
	}
	if fs := (diag.Findings)(nil); errors.As(err, &fs) {
		return all, append(found, fs...)
	}
	return all, found
}

// told is a call as a test compares it.
func told(c *simulate.Listed) string {
	var want []string
	for _, x := range c.Expect {
		want = append(want, fmt.Sprintf("%s=%s@%d:%d", x.Name, x.Want, x.Place.Line, x.Place.Column))
	}
	var faults []string
	for _, f := range c.Faults {
		faults = append(faults, f.Text)
	}
	at := ""
	if !c.At.IsZero() {
		at = c.At.Format(time.RFC3339)
	}
	return fmt.Sprintf("%d@%d %s|%s|%s|%s|%s|%v|%s", c.Number, c.Place.Line, c.Name, c.ANI, c.DNIS, at, strings.Join(faults, "+"), c.Conversation, strings.Join(want, " "))
}

// The three formats say the same calls, each with the places of what it says.
func TestListsSayTheSame(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"calls.yaml", `calls:
  - name: one
    ani: "+15135550142"
    dnis: +15135550100
    at: 2026-11-23T09:00:00Z
    fault: [find-deals=500]
    conversation: {a: b}
    expect: {queue: Sales, skills: [A, B], priority: 11, wait: <=3s, rule: null, participantData: {x: "1"}}
  - {ani: anonymous}
`, `1@2 one|+15135550142|+15135550100|2026-11-23T09:00:00Z|find-deals=500|map[a:b]|queue=Sales@8:21 skills=A, B@8:36 priority=11@8:54 wait=<=3s@8:64 rule=none@8:76 participantData.x=1@8:103
2@9 |anonymous||||map[]|`},
		{"calls.jsonl", `{"name": "one", "ani": "+15135550142", "dnis": "+15135550100", "at": "2026-11-23T09:00:00Z", "fault": "find-deals=500", "conversation": {"a": "b"}, "expect": {"queue": "Sales", "skills": ["A", "B"]}}

{"ani": "anonymous"}`, `1@1 one|+15135550142|+15135550100|2026-11-23T09:00:00Z|find-deals=500|map[a:b]|queue=Sales@1:169 skills=A, B@1:188
2@3 |anonymous||||map[]|`},
		{"-", "\ufeffname,ani,dnis,at,fault,conversation.a,expect.queue,skills,priority,participantData.x\r\n" + "Größe \"x\",+15135550142,,,,,Sales,,,\r\n", ``},
		{"-", "\ufeffname,ani,dnis,at,fault,conversation.a,expect.queue,skills,priority,participantData.x\r\n" +
			"\"Größe\",+15135550142,+15135550100,2026-11-23T09:00:00Z,find-deals=500,b,Sales,A;B,11,1\r\n,anonymous,,,,,none,none,,\r\n", `1@2 Größe|+15135550142|+15135550100|2026-11-23T09:00:00Z|find-deals=500|map[a:b]|queue=Sales@2:73 skills=A, B@2:79 priority=11@2:83 participantData.x=1@2:86
2@3 |anonymous||||map[]|queue=none@3:16 skills=none@3:21`},
		{"-", "ani;queue\n+15135550142;Sales\n", `1@2 |+15135550142||||map[]|queue=Sales@2:14`},
		{"-", "{\"calls\": [{\"ani\": \"1\"}]}", `1@1 |1||||map[]|`},
		{"-", "# mine\ncalls: [{ani: 1}]", `1@2 |1||||map[]|`},
	} {
		all, found := listed(c.file, c.text)
		var got []string
		for _, x := range all {
			got = append(got, told(x))
		}
		if c.want == "" {
			if found == nil {
				t.Errorf("%s: a bare quote is read: %v", c.file, got)
			}
		} else if found != nil || strings.Join(got, "\n") != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.file, found, strings.Join(got, "\n"), c.want)
		}
	}
}

// What a list cannot mean is refused, with its place and the nearest name.
func TestListsAreStrict(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"c.yaml", "calls: [{ani: x@y, expct: {queue: Sales}}]", `c.yaml:1:20: unknown key "expct"; did you mean "expect"`},
		{"c.yaml", "calls: [{ani: x@y, expect: {quue: Sales}}]", `c.yaml:1:29: unknown key "quue"; did you mean "queue"`},
		{"c.yaml", "calls: [{ani: x@y, expect: {outcome: active_dael}}]", `c.yaml:1:38: outcome: no call has it; did you mean "active_deal"`},
		{"c.yaml", "calls: [{ani: x@y, expect: {priority: high}}]", `c.yaml:1:39: priority: that is none; write a whole number`},
		{"c.yaml", "calls: [{ani: x@y, expect: {priority: null}}]", `c.yaml:1:39: priority is never without a value; leave it out to expect nothing of it`},
		{"c.yaml", "calls: [{ani: x@y, expect: {wait: soon}}]", `c.yaml:1:35: wait: that is none; write it as <=3s, or 250ms, which means the same`},
		{"c.yaml", "calls: [{ani: x@y, expect: {queue: [Sales]}}]", `c.yaml:1:36: a list does not belong here; a text does`},
		{"c.yaml", "calls: [{name: x}]", `c.yaml:1:9: the call has no ani; write the calling number in quotes, or anonymous for a withheld one`},
		{"c.yaml", "calls: [{ani: x@y, at: today}]", `c.yaml:1:24: that is no time; write it as 2026-11-23T09:00:00Z`},
		{"c.yaml", "calls: [{ani: x@y, schedule: shut}]", `c.yaml:1:30: that is no state of a schedule; there is open, closed, holiday, emergency`},
		{"c.yaml", "calls: [{ani: x@y, crm: a.yaml, world: b.yaml}]", `c.yaml:1:9: crm and world exclude each other; a world is scripted, records are asked: name the one that gives HubSpot's answers`},
		{"c.yaml", "calls: [+15135550142]", `c.yaml:1:9: a number is no call; write a mapping, such as {ani: anonymous, expect: {queue: Sales}}`},
		{"c.yaml", "call: []", `c.yaml:1:1: unknown key "call"; did you mean "calls"`},
		{"c.csv", "ani,queue\n", `c.csv:1:1: the file has no calls; write a call a row below the names of the columns`},
		{"c.yaml", "version: 1", `c.yaml:1:1: the file has no calls; write calls: with a list, such as - {ani: anonymous, expect: {queue: Sales}}`},
		{"c.jsonl", "{\"ani\": \"1\"}\n{\"ani\": \"1\", \"quue\": 1}", `c.jsonl:2:14: unknown key "quue"`},
		{"c.jsonl", "{\"ani\": \"1\"}\n\n{\"ani\": \"1\"", `c.jsonl:3:12: not JSON: `},
		{"c.jsonl", "[]", `c.jsonl:1:1: the line is no JSON object; write one call a line, such as {"ani": "anonymous", "expect": {"queue": "Sales"}}`},
		{"c.csv", "ani,quue\n", `c.csv:1:5: unknown column "quue"; did you mean "queue"`},
		{"c.csv", "ani,queue,expect.queue\n", `c.csv:1:11: columns "queue" and "expect.queue" say the same; leave one of them out`},
		{"c.csv", "queue\nSales\n", `c.csv:1:1: no column is ani; the first line names the columns, such as ani,queue`},
		{"c.csv", "", `c.csv:1:1: the file is empty; the first line names the columns, such as ani,queue`},
		{"c.csv", "ani,queue\nä,Sales,x\n", `c.csv:2:1: the row has 3 cells, and the first line names 2 columns; a cell that has the delimiter, a quote or a line end in it stands in quotes`},
		{"c.csv", "ani,queue\n\"ä\n", `c.csv:2:5: not CSV: `},
		{"c.csv", "ani,\n1,x\n", `c.csv:2:3: the cell stands in a column without a name; name the column in the first line`},
		{"c.csv", "ani,queue\n\xff\xfe,x\n", `c.csv:2:1: a byte that is not UTF-8; save the file as UTF-8`},
		{"c.csv", "\xff\xfea\x00", `c.csv:1:1: the file is UTF-16; save the file as UTF-8`},
		{"c.csv", "ani\n1\n\"" + strings.Repeat("x", 5<<20), `c.csv:2:1: a row behind this line is longer than 4 MB; a quote may not be closed`},
		{"c.jsonl", "\n{" + strings.Repeat(" ", 5<<20), `c.jsonl:2:1: the row is longer than 4 MB; JSONL has one call a line`},
	} {
		_, found := listed(c.file, c.text)
		got := ""
		if len(found) > 0 {
			if got = found[0].Error(); found[0].Hint != "" {
				got += "; " + found[0].Hint
			}
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%.60q:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// A list of another tool is read by its own names, and what it has besides is passed over.
func TestListsOfOthers(t *testing.T) {
	l, err := simulate.OpenList("x.csv", strings.NewReader("Beginn;Nummer;Dauer\n23.11.26 10:00;+15135550142;12\n"), simulate.ListOptions{
		Columns: func(header []string) ([]string, error) {
			if !reflect.DeepEqual(header, []string{"Beginn", "Nummer", "Dauer"}) {
				t.Errorf("%q", header)
			}
			return []string{"at", "ani", ""}, nil
		},
		Time: func(text string) (time.Time, error) { return time.Parse("02.01.06 15:04", text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	c, found := e.Read()
	if found != nil || c.ANI != "+15135550142" || c.At.Format(time.RFC3339) != "2026-11-23T10:00:00Z" {
		t.Errorf("%+v %v", c, found)
	}
	if _, err := l.Next(); !errors.Is(err, io.EOF) || len(l.Sum()) != 16 {
		t.Errorf("%v, %s", err, l.Sum())
	}
}

// endless is a list that never ends; it is never held whole.
type endless struct {
	row  string
	rest string
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.left--
		e.rest = e.row
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// However long a list is, reading it takes the same memory.
func TestListsAreNotHeld(t *testing.T) {
	for file, row := range map[string]string{"a.csv": "+15135550142,Sales\n", "a.jsonl": `{"ani":"+15135550142","expect":{"queue":"Sales"}}` + "\n"} {
		l, err := simulate.OpenList(file, io.MultiReader(strings.NewReader(strings.Repeat("ani,queue\n", strings.Count(file, "csv"))), &endless{row: row, left: 200_000}), simulate.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		held := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before, n := held(), 0
		for {
			e, err := l.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if n = e.Number; n%50_000 == 0 {
				if c, found := e.Read(); found != nil || c.ANI != "+15135550142" {
					t.Fatal(found)
				}
				if now := held(); now > before+1<<20 {
					t.Errorf("%s: after %d rows %d kB more are held", file, n, (now-before)>>10)
				}
			}
		}
		if n != 200_000 {
			t.Errorf("%d rows", n)
		}
		runtime.KeepAlive(l)
	}
}
