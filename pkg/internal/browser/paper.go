package browser

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// OnPaper is the smallest height of letters on a sheet. A browser makes a page smaller that is wider than the sheet, so letters are
// measured as they lie on it.
const OnPaper = 9 // pixels of CSS, 6.75 points

// A Sheet is what is printed on one.
type Sheet struct {
	Width, Height float64 // pixels of CSS
	Smallest      float64 // letters
	Texts         int     // pieces of text
}

// Printed prints the page on A4, unless its style says otherwise, and gives its sheets.
func (p *Page) Printed() []Sheet {
	p.t.Helper()
	var data []byte
	p.do("print", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		yes := true
		out, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69, PreferCSSPageSize: &yes})
		if err == nil {
			data = out.Data
		}
		return err
	}))
	sheets, err := sheetsOf(data)
	if err != nil {
		p.t.Fatal(err)
	}
	return sheets
}

// Paper fails the test where a sheet has letters that are too small, or nothing is printed. What would lie beside the sheet is
// not in it: Readable tells of that, at the width of the sheet.
func (p *Page) Paper(what string) {
	p.t.Helper()
	sheets := p.Printed()
	texts := 0
	for i, s := range sheets {
		at := fmt.Sprintf("%s, sheet %d of %d (%.0f × %.0f)", what, i+1, len(sheets), s.Width, s.Height)
		texts += s.Texts
		if s.Texts > 0 && s.Smallest < OnPaper-0.05 {
			p.t.Errorf("%s: letters of %.1f pixels", at, s.Smallest)
		}
	}
	if texts == 0 {
		p.t.Errorf("%s: no text on %d sheets", what, len(sheets))
	}
}

var (
	mediaBox = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]\n/Contents (\d+) 0 R`)
	token    = regexp.MustCompile(`(?s)<<.*?>>|<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\()])*\)|[\[\]]|/[^\s/<>\[\]()]+|[^\s<>\[\]()/]+`)
)

// sheetsOf reads as much of a PDF as Chromium writes, where pages are named in their order and each has one stream.
func sheetsOf(pdf []byte) ([]Sheet, error) {
	var out []Sheet
	for _, m := range mediaBox.FindAllSubmatch(pdf, -1) {
		_, body, found := bytes.Cut(pdf, []byte("\n"+string(m[3])+" 0 obj\n"))
		if !found {
			return nil, fmt.Errorf("the PDF has no object %s", m[3])
		}
		head, body, _ := bytes.Cut(body, []byte("stream\n"))
		text, _, _ := bytes.Cut(body, []byte("\nendstream"))
		if bytes.Contains(head, []byte("/FlateDecode")) { // a short one is not
			r, err := zlib.NewReader(bytes.NewReader(body))
			if err != nil {
				return nil, fmt.Errorf("a sheet of the PDF: %w", err)
			}
			if text, err = io.ReadAll(r); err != nil {
				return nil, fmt.Errorf("a sheet of the PDF: %w", err)
			}
		}
		width, height := number(string(m[1])), number(string(m[2]))
		out = append(out, sheet(string(text), width, height))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the PDF of %d bytes has no sheet that can be read", len(pdf))
	}
	return out, nil
}

// sheet follows what a page's stream says of places: how large each piece of text is.
func sheet(stream string, width, height float64) Sheet {
	const point = 72. / 96
	s := Sheet{Width: width / point, Height: height / point, Smallest: math.Inf(1)}
	now := matrix{1, 0, 0, 1, 0, 0}
	var kept []matrix
	var args []float64
	var size float64
	var at matrix
	for _, word := range token.FindAllString(stream, -1) {
		if n, err := strconv.ParseFloat(word, 64); err == nil {
			args = append(args, n)
			continue
		}
		switch word {
		case "q":
			kept = append(kept, now)
		case "Q":
			if len(kept) > 0 {
				now, kept = kept[len(kept)-1], kept[:len(kept)-1]
			}
		case "cm":
			now = last(args).in(now)
		case "Tf":
			size = args[len(args)-1]
		case "Tm":
			at = last(args)
		case "Tj", "TJ":
			is := at.in(now)
			s.Texts++
			s.Smallest = min(s.Smallest, size*math.Sqrt(math.Abs(is[0]*is[3]-is[1]*is[2]))/point)
		}
		if !strings.ContainsAny(word[:1], "<[](/") {
			args = args[:0]
		}
	}
	return s
}

// A matrix is one of PDF: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

func last(args []float64) matrix {
	var m matrix
	copy(m[:], args[max(0, len(args)-6):])
	return m
}

// in gives what m is within another one.
func (m matrix) in(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0 // the expression lets in figures only
	}
	return n
}
