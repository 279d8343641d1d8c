package jsonpath_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
)

func TestDecodeKeepsOrderAndDigits(t *testing.T) {
	for text, want := range map[string]string{
		`{"b":1,"a":[1.50, 2.0 ,1e3,-0.10], "b":2}`: `{"b":2,"a":[1.5,2.0,1e3,-0.1]}`,
		`"\u00e4\ud83d\ude00\/<&\u001f"`:            `"ä😀/<&\u001F"`,
		"\t[ ] ":                                    `[]`,
		`"\ud800"`:                                  `"` + string(utf8.RuneError) + `"`,
	} {
		if got := decode(t, text).String(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	var large strings.Builder
	for i := range 100 {
		fmt.Fprintf(&large, `,"k%d":%d`, i%60, i)
	}
	v := decode(t, "{"+large.String()[1:]+"}")
	if got, _ := v.Get("k7"); v.Len() != 60 || got.Number() != "67" {
		t.Errorf("large object: %d members, k7 = %v", v.Len(), got)
	}
}

func TestDecodePrefix(t *testing.T) {
	v, n, err := jsonpath.DecodePrefix([]byte(`{"a":1}}`))
	if err != nil || n != 7 || v.String() != `{"a":1}` {
		t.Errorf("got %v, %d, %v", v, n, err)
	}
}

// FuzzDecode: this package takes what encoding/json takes, and reads it alike; what it prints
// reads back the same.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{document, `[1,-0,0.1e-5,"\ud83d\ude00",true,null]`, `{"a":{"a":[[]]}} `, `01`, `"\x"`, "\"\xff\"", `[1,]`, `1.`, `{"a" 1}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := jsonpath.Decode(data)
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if valid := json.Valid(data); valid != (err == nil) {
			if !valid || !strings.Contains(err.Error(), "nested deeper") {
				t.Fatalf("%q: %v, encoding/json says %v", data, err, valid)
			}
			return
		}
		if err != nil {
			var e *source.SyntaxError
			if !errors.As(err, &e) || e.Offset > len(data) {
				t.Fatalf("%q: %#v", data, err)
			}
			return
		}
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		other, err := jsonpath.FromAny(want)
		if err != nil {
			t.Fatal(err)
		}
		if !jsonpath.Equal(v, other) {
			t.Fatalf("%q: %v, encoding/json reads %v", data, v, other)
		}
		again := decode(t, v.String())
		if !jsonpath.Equal(v, again) || again.String() != v.String() {
			t.Fatalf("%q prints as %v and reads back as %v", data, v, again)
		}
	})
}

func reply() []byte {
	var b strings.Builder
	b.WriteString(`{"total":20,"results":[`)
	for i := range 20 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","properties":{"amount":"%d.50","closedate":"2026-01-01T00:00:00.000Z","createdate":"2025-10-01T08:12:13.123Z","dealname":"Renewal \"%d\"","dealstage":"contractsent","hs_is_closed":"false","hs_lastmodifieddate":"2026-01-02T03:04:05.678Z","hs_object_id":"%d","pipeline":"default","amount_in_home_currency":null},"createdAt":"2025-10-01T08:12:13.123Z","updatedAt":"2026-01-02T03:04:05.678Z","archived":false}`, 9000+i, 1000*i, i, 9000+i)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func BenchmarkDecode(b *testing.B) {
	data := reply()
	b.Run("this", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonpath.Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	doc := decode(b, string(reply()))
	for _, path := range []string{"$.results[3].properties.dealname", "$.results[*].properties.amount", "$.results[?(@.properties.hs_is_closed == 'false' && @.properties.amount != null)].id", "$..id"} {
		p, err := jsonpath.Parse(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Find(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
