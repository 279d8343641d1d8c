package view_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
)

// A text is written the same in whatever pieces it comes, and a secret at any place of it is
// hidden, also across the end of a piece.
func TestWriterInPieces(t *testing.T) {
	const hidden = "pat-na1-KEYMARK-0123456789"
	var k secret.Known
	k.Add(secret.New(hidden))
	text := "plain ä→•\n\ttab " + hidden + " \x1b[31m\u202e\u009b\r\n" + base64.StdEncoding.EncodeToString([]byte("id:"+hidden)) + "\n\xff\xc3\nend " + hidden
	long := strings.Repeat("0123456789 ż", 1<<14) + hidden + strings.Repeat("ż", 1<<15) + hidden + strings.Repeat("x", 1<<16)
	for _, text := range []string{text, long, long + "\n" + text, strings.Repeat(text+"\n", 50)} {
		want := ""
		for _, size := range []int{1 << 20, 1, 2, 3, 7, 4096, 65537} {
			if size < 4096 && len(text) > 1<<16 {
				continue
			}
			var b strings.Builder
			w := view.NewWriter(&b, &k)
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
					t.Fatal(got, err)
				}
				rest = rest[n:]
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = b.String()
			}
			if got := b.String(); got != want || strings.Contains(got, "KEYMARK") || strings.ContainsAny(got, "\x1b\u202e\r") || !utf8.ValidString(got) {
				t.Fatalf("in pieces of %d bytes it differs: %.300q", size, got)
			}
		}
	}
}

// Wherever a long line is cut, the secret there is hidden.
func TestWriterAtEveryCut(t *testing.T) {
	const hidden = "pat-na1-KEYMARK-0123456789"
	var k secret.Known
	k.Add(secret.New(hidden))
	text := strings.Repeat("ż", 40_000) + hidden + strings.Repeat("ż", 40_000)
	for at := 79_990; at < 80_040; at++ {
		var b strings.Builder
		w := view.NewWriter(&b, &k)
		fmt.Fprint(w, text[:at])
		fmt.Fprint(w, text[at:])
		if err := w.Flush(); err != nil || strings.Contains(b.String(), "KEYMARK") || strings.Count(b.String(), "ż") != 80_000 || strings.Contains(b.String(), "fffd") {
			t.Fatalf("cut at %d: %v %q", at, err, b.String()[79_900:80_100])
		}
	}
}

// What is asked without a newline is seen once it is flushed, and whole lines at once.
func TestWriterHoldsBackOnlyALine(t *testing.T) {
	var b strings.Builder
	w := view.NewWriter(&b, nil)
	fmt.Fprint(w, "one\nApply? ")
	if b.String() != "one\n" {
		t.Errorf("%q", b.String())
	}
	if err := w.Flush(); err != nil || b.String() != "one\nApply? " {
		t.Errorf("%q %v", b.String(), err)
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func TestWriterKeepsItsError(t *testing.T) {
	full := full{errors.New("no space")}
	w := view.NewWriter(full, nil)
	_, err := w.Write([]byte("a"))
	if err != nil || !errors.Is(w.Flush(), full.err) {
		t.Error("no error at the flush")
	}
	if _, err = w.Write([]byte("b\n")); !errors.Is(err, full.err) || !errors.Is(w.Flush(), full.err) {
		t.Error("the error is forgotten")
	}
}

func TestWriterTogether(t *testing.T) {
	var b strings.Builder
	w := view.NewWriter(&b, nil)
	var g sync.WaitGroup
	for i := range 8 {
		g.Go(func() {
			for range 100 {
				fmt.Fprintf(w, "line %d\n", i)
			}
		})
	}
	g.Wait()
	if strings.Count(b.String(), "\n") != 800 || strings.Count(b.String(), "line ") != 800 {
		t.Error("lines are lost")
	}
}
