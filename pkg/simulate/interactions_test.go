package simulate

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
)

// An interaction is what a test looks at of a call.
type interaction struct {
	Line      int
	ANI, DNIS string
	At        time.Time
}

func readAll(text string, c Columns) (out []interaction, x *Interactions, err error) {
	if x, err = OpenInteractions("x.csv", strings.NewReader(text), c); err != nil {
		return nil, x, err
	}
	for {
		one, err := x.Next()
		if errors.Is(err, io.EOF) {
			return out, x, nil
		}
		if err != nil {
			return out, x, err
		}
		out = append(out, interaction{one.Place.Line, one.ANI, one.DNIS, one.At})
	}
}

func columns(t *testing.T, texts ...string) Columns {
	t.Helper()
	c, err := ReadColumns(texts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const english = "\"Full Export Completed\",\"Partial Result Timestamp\",\"Filters\",\"Media Type\",\"Users\",\"Remote\",\"Date\",\"End Date\",\"Duration\",\"Direction\",\"ANI\",\"DNIS\",\"Queue\",\"Wrap-up\",\"Flow\",\"Conversation ID\"\r\n" +
	"YES,,\"Media Type: voice; Queue: Sales, Care\",voice,\"Ada, Lovelace; Bo Li\",Lucia,6/23/25 7:00 AM,6/23/25 7:10 AM,600000,Inbound,tel:+15135550142,tel:+15135550100,Sales; Customer Care,,x,1\r\n" +
	"YES,,,voice,,,6/23/25 12:30 PM,,1,Inbound/Outbound,tel:+15135550143; tel:+15135550144,tel:+15135550100; tel:+1513,Sales,,x,2\r\n" +
	"YES,,,voice,,,6/23/25 12:30 PM,,1,Outbound,tel:+15135550100,tel:+15135550144,,,x,3\r\n" +
	"YES,,,message,,,6/23/25 12:30 PM,,1,Inbound,abc,def,,,x,4\r\n" +
	"YES,,,\"voice, callback\",,,6/23/25 1:00 PM,,1,Inbound,anonymous,tel:+15135550100,,,x,5\r\n" +
	"YES,,,voice,,,6/23/25 1:05 PM,,1,Inbound,,tel:+15135550100,,,x,6\r\n" +
	"YES,,,voice,,,,,1,Inbound,Somebody,tel:+15135550100,,,x,7\r\n" +
	",,,,,,,,,,,,,,,\r\n" +
	"YES,,,voice,,,,,1,Herein,+15135550142,tel:+15135550100,,,x,8\r\n"

func TestInteractions(t *testing.T) {
	at := func(h, m int) time.Time { return time.Date(2025, 6, 23, h, m, 0, 0, time.UTC) }
	want := []interaction{
		{2, "tel:+15135550142", "tel:+15135550100", at(7, 0)}, {3, "tel:+15135550143", "tel:+15135550100", at(12, 30)},
		{6, "anonymous", "tel:+15135550100", at(13, 0)}, {7, "", "tel:+15135550100", at(13, 5)},
	}
	skipped := Skipped{Outbound: 1, Direction: 1, NoVoice: 1, Unnamed: 1}
	utf16, err := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewEncoder().String(english)
	if err != nil {
		t.Fatal(err)
	}
	big, err := xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM).NewEncoder().String(english)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"as it comes": english, "byte order mark": "\ufeff" + english, "UTF-16": utf16, "big endian": big, "no mark": utf16[2:], "plain ends of lines": strings.ReplaceAll(english, "\r\n", "\n"),
	} {
		got, x, err := readAll(text, Columns{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(want, got) + cmp.Diff(skipped, x.Skipped); d != "" || !x.Unsure {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Exports in other languages, and lists that were made by hand.
func TestInteractionsOfOthers(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	seven := time.Date(2026, 10, 1, 5, 0, 0, 0, time.UTC)
	zoned := func(c Columns) Columns { c.Zone = berlin; return c }
	cp1252, err := charmap.Windows1252.NewEncoder().String("Gewählte Nummer;Anrufer;Zeit\n+15135550100;+15135550142;01.10.26 07:00\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text    string
		columns Columns
		want    []interaction
		skipped Skipped
	}{
		"German": {
			"Vollständiger Export abgeschlossen;Benutzer;Datum;Richtung;ANI;DNIS\nJA;Ada;01.10.26 07:00;Eingehend;+15135550142;+15135550100\nJA;Ada;01.10.26 07:00;Ausgehend;+15135550142;+15135550100\n",
			zoned(Columns{}), []interaction{{2, "+15135550142", "+15135550100", seven}}, Skipped{Outbound: 1},
		},
		"Spanish": {
			"Fecha\tDirección\tANI\n01/10/26 07:00\tEntrante\t+15135550142\n", zoned(Columns{Order: "dmy"}), []interaction{{2, "+15135550142", "", seven}}, Skipped{},
		},
		"mapping": {
			"Anrufer;Gewählte Nummer;Zeit, Ort;Rein\n+15135550142;+15135550100;2026-10-01 07:00:00.000;ja\n1;2;;nein\n",
			zoned(columns(t, "ani=Anrufer,dnis=gewählte nummer,at=Zeit, Ort", "direction=Rein,inbound=Ja")), []interaction{{2, "+15135550142", "+15135550100", seven}}, Skipped{Outbound: 1},
		},
		"Windows-1252": {cp1252, zoned(columns(t, "ani=Anrufer", "dnis=Gewählte Nummer", "at=Zeit")), []interaction{{2, "+15135550142", "+15135550100", seven}}, Skipped{}},
		"left out":     {"ANI,DNIS,Date\n+15135550142,+1999,never\n", columns(t, "dnis=,at="), []interaction{{2, "+15135550142", "", time.Time{}}}, Skipped{}},
		"one column":   {"ani\n+15135550142\n\nanonymous\n", Columns{}, []interaction{{2, "+15135550142", "", time.Time{}}, {4, "anonymous", "", time.Time{}}}, Skipped{}},
		"says its separator": {
			"sep=;\r\nANI;x,y,z\r\n+15135550142;\"a \"\"b\"\"; c\"\r\n", Columns{}, []interaction{{3, "+15135550142", "", time.Time{}}}, Skipped{},
		},
		"SIP": {"ANI\nsip:+15135550142;phone-context=+1@example.com;user=phone\n\"\"\"Ada\"\" <sip:+15135550143@example.com>\"\n", Columns{},
			[]interaction{{2, "sip:+15135550142;phone-context=+1@example.com;user=phone", "", time.Time{}}, {3, "\"Ada\" <sip:+15135550143@example.com>", "", time.Time{}}}, Skipped{}},
	} {
		got, x, err := readAll(c.text, c.columns)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(c.want, got) + cmp.Diff(c.skipped, x.Skipped); d != "" || x.Unsure {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// What cannot be read says what is there and what to do, and nobody's number.
func TestInteractionsRefused(t *testing.T) {
	const order = "say --date-order dmy or --date-order mdy"
	const column = "name the right column with --columns at=NAME, or write --columns at= to read no times"
	for _, c := range []struct{ text, want string }{
		{"", "x.csv:1:1: the file is empty; the first line names the columns"},
		{"Anrufer;Datum\n1;2\n", "x.csv:1:1: no column has the calling number (ANI); write --columns ani=NAME with the name of the right one; there are Anrufer, Datum"},
		{"+15135550142,Lucia\n", "x.csv:1:1: no column has the calling number (ANI), and the first line looks like values, not like names of columns; write a first line with the names of the columns, one of them ani"},
		{"ANI,Date\n1,6/7/25 07:00\n", `x.csv:2:1: "6/7/25 07:00": which of its numbers is the day and which the month is not to be seen; ` + order},
		{"ANI,Date\n1,+15135550142\n", "x.csv:2:1: what stands there is no date with a time, such as 2026-11-23T09:00:00Z, 11/23/26 9:00 AM or 23.11.26 09:00; " + column},
		{"ANI,Date\n1,6/17/25\n", "x.csv:2:1: what stands there is no date with a time"},
		{"ANI,Date\n1,2500-01-01T00:00:00Z\n", `x.csv:2:1: "2500-01-01T00:00:00Z" is no date`},
		{"ANI,Date\n1,31.02.25 07:00\n", `x.csv:2:1: "31.02.25 07:00" is no date`},
		{"ANI,Date\n1,6/17/25 25:00\n", `x.csv:2:1: "6/17/25 25:00" is no date`},
		{"ANI,Date\n1,6/17/25 7:00 Lucia\n", "x.csv:2:1: what stands there is no date"},
		{"ANI,Date\n1,6/17/25 7:00\n1,17/6/25 7:00\n", `x.csv:3:1: "17/6/25 7:00": which of its numbers`},
		{"ANI,x\n1,\"" + strings.Repeat("a\n", longestRow), "x.csv:1:1: a row is longer than 4 MB; a quote may not be closed"},
	} {
		_, _, err := readAll(c.text, Columns{})
		if got := told(err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%.40q: %s, want %s", c.text, got, c.want)
		}
	}
	_, _, err := readAll("ANI,Date\n1,2\n", columns(t, "at=Zeit"))
	if got := told(err); got != `x.csv:1:1: no column is called "Zeit", which --columns names; write --columns at=NAME with the name of the right one; there are ANI, Date` {
		t.Errorf("a mapping that finds nothing: %s", got)
	}
	for _, text := range []string{"x=y", "ani=", "=x", "x"} {
		if c, err := ReadColumns([]string{text}); err == nil {
			t.Errorf("--columns %s is taken: %+v", text, c)
		}
	}
}

func told(err error) string {
	var fs diag.Findings
	if !errors.As(err, &fs) || fs[0].Hint == "" {
		return fmt.Sprint(err)
	}
	return fs[0].Error() + "; " + fs[0].Hint
}

// A list of this tool is read as one, with its mistakes; others are not.
func TestCallsOfAnyKind(t *testing.T) {
	for _, c := range []struct {
		file, text string
		foreign    bool
		want       string
	}{
		{"a.csv", "ani\n+15135550142\n", false, "1@2 +15135550142 "}, {"a.csv", "ani,queue,skills\n+15135550142,,\n", false, "1@2 +15135550142 "},
		{"a.csv", "ani,queue\n+15135550142,Sales\nx\n", true, "1@2 +15135550142 "}, {"-", "ani;Company\n+15135550142;x;y\n", false, "1@2 +15135550142 "},
		{"a.yaml", "calls:\n  - {ani: \"+15135550142\", dnis: \"+15135550100\"}\n", true, "1@2 +15135550142 +15135550100"},
		{"a.jsonl", "\ufeff{\"ani\": \"anonymous\"}\n", false, "1@1 anonymous "}, {"-", english, false, "1@2 tel:+15135550142 tel:+15135550100"},
		{"a.csv", "ani,falut,fault\n+15135550142,,500\n", false, `a.csv:1:5: unknown column "falut"; did you mean "fault"`},
		{"a.csv", "ani,Queue,Kunde\n+15135550142,,\n", false, "1@2 +15135550142 "},
	} {
		calls, err := OpenCalls(c.file, strings.NewReader(c.text), Columns{}, c.foreign)
		got := told(err)
		if err == nil {
			read, err := calls.Next()
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
				continue
			}
			one, found := read()
			if found != nil {
				t.Errorf("%s: %v", c.text, found)
				continue
			}
			got = fmt.Sprintf("%d@%d %s %s", one.Number, one.Place.Line, one.ANI, one.DNIS)
		}
		if got != c.want {
			t.Errorf("%.60q: %s, want %s", c.text, got, c.want)
		}
	}
}

// Times are written in many ways; a file has one, which its rows show.
func TestDates(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ order, text, want string }{
		{"", "2026-03-27T10:45:00Z", "2026-03-27T10:45:00Z"}, {"", "2026-03-27T10:45:00.123+02:00", "2026-03-27T08:45:00.123Z"},
		{"", "2026-03-27 10:45", "2026-03-27T09:45:00Z"}, {"", "2026/03/27 10:45:07", "2026-03-27T09:45:07Z"}, {"", "2026-03-27 10:45 UTC", "2026-03-27T10:45:00Z"},
		{"", "3/7/26, 7:05\u202fPM", "2026-03-07T18:05:00Z"}, {"", "03/27/2026 12:05:09 AM", "2026-03-26T23:05:09Z"}, {"", "27/03/26 12:05 pm", "2026-03-27T11:05:00Z"},
		{"", "7.3.2026 7:05", "2026-03-07T06:05:00Z"}, {"", "07.03.26, 19.05", "2026-03-07T18:05:00Z"}, {"", "27-03-26 07:05", "2026-03-27T06:05:00Z"},
		{"dmy", "3/7/26 7:05 a. m.", "2026-07-03T05:05:00Z"}, {"mdy", "3/7/26 7:05", "2026-03-07T06:05:00Z"}, {"ymd", "26/3/7 7:05", "2026-03-07T06:05:00Z"},
		{"", "3/3/26 7:05", "2026-03-03T06:05:00Z"}, {"", "29.03.26 02:30", "2026-03-29T01:30:00Z"}, // an hour that the clock left out
		{"", "3/7/26 7:05", ""}, {"", "3/7/26 7:05 pm", ""}, {"", "3/7/26 13:05 PM", ""}, {"", "99/99/26 7:05", ""},
	} {
		d := dates{zone: paris, order: c.order}
		got, err := d.read(c.text)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s is read as %s", c.text, got)
		case c.want != "" && (err != nil || got.Format(time.RFC3339Nano) != c.want):
			t.Errorf("%s: %s %v, want %s", c.text, got.Format(time.RFC3339Nano), err, c.want)
		}
	}
}

// A stream of any length is read in the same memory.
func TestInteractionsStream(t *testing.T) {
	const rows = 20_000
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "ANI,Notes\n") //nolint:errcheck // a pipe in memory
		for i := range rows {
			fmt.Fprintf(w, "+1513555%04d,\"a\nb\"\n", i%10_000) //nolint:errcheck // as above
		}
		w.Close() //nolint:errcheck // as above
	}()
	x, err := OpenInteractions("x.csv", r, Columns{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		one, err := x.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if n++; err != nil || one.Place.Line != 2*n {
			t.Fatalf("%v is call %d: %v", one.Place, n, err)
		}
	}
	if n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
}

// A cell of nothing but separators is read as quickly as another one of its size.
func TestInteractionsLongCell(t *testing.T) {
	for _, c := range []string{";", "; ", "|", " ", "\n", "tel:;", "a;"} {
		cell := strings.Repeat(c, (1<<20)/len(c))
		calls, _, err := readAll("ANI,Direction\n\""+cell+"\",\n1,\""+cell+"\"\n", Columns{})
		if err != nil || len(calls) > 2 {
			t.Errorf("%q: %d calls, %v", c, len(calls), err)
		}
	}
}

// Whatever a file holds, it is read to its end or refused, rows rise, and what is taken is a
// caller whom a flow can be shown.
func FuzzInteractions(f *testing.F) {
	f.Add(english, "", "")
	f.Add("sep=;\nANI;Datum\n+15135550142;01.10.26 07:00\n", "at=Datum", "dmy")
	f.Add("\xff\xfeA\x00N\x00I\x00\n\x00", "direction=Rein,inbound=ja", "")
	f.Add("Gew\xe4hlt,ANI\n\"\"\"a\",1\n", "dnis=Gewählt", "mdy")
	f.Fuzz(func(t *testing.T, text, mapping, order string) {
		c, err := ReadColumns([]string{mapping})
		if err != nil {
			c = Columns{}
		}
		if order == "dmy" || order == "mdy" || order == "ymd" {
			c.Order = order
		}
		calls, _, _ := readAll(text, c)
		last := 0
		for _, one := range calls {
			if one.Line <= last || !Shown(one.ANI) || !one.At.IsZero() && (one.At.Year() < 1900 || one.At.Year() > 2100) {
				t.Errorf("%+v after line %d", one, last)
			}
			last = one.Line
		}
	})
}
