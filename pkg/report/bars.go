package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Bars are amounts one below the other, each as a bar with its figure beside it: a table whose
// second column is drawn.
type Bars struct {
	Caption string
	Names   string // what the first column names
	Values  string // what the figures are
	Rows    []Bar
	Most    float64 // the bars end there; 0: at the longest
	Limit   *Limit  // a line across all bars
	Whole   bool    // the bars are parts of a whole, which stands above them as one bar
}

// A Bar is one of them.
type Bar struct {
	Name  Text
	Value float64
	Shown Text // the figure
	Note  Text
	Style Style
	Short string // within the one bar of the whole, where there is room; may be empty
}

func (*Bars) template() string { return "bars" }

type barsView struct {
	*Bars
	ID    string
	Lines []barView
	One   drawn // the whole as one bar
	Noted bool
}

type barView struct {
	Bar
	SVG drawn
}

// fullBar is how much of the room the longest bar takes, in percent.
const fullBar = 100

func (b *Bars) nest(r *renderer) (any, error) {
	r.tables++
	v := barsView{Bars: b, ID: fmt.Sprintf("dr-bars-%d", r.tables)}
	most, sum := b.Most, 0.0
	for _, x := range b.Rows {
		sum += x.Value
		if b.Most == 0 {
			most = max(most, x.Value)
		}
	}
	if b.Limit != nil {
		most = max(most, b.Limit.At*1.02)
	}
	if !(most > 0) {
		most = 1
	}
	wide := func(f float64) string { return pct(min(fullBar, fullBar*f/most)) }
	for _, x := range b.Rows {
		var c canvas
		c.add(`<rect class="ground" x="0" y="5" width="100%%" height="10"/><rect class="bar %s" x="0" y="5" width="%s" height="10"/>`, x.Style, wide(x.Value))
		if b.Limit != nil {
			c.add(`<line class="limit" x1="%s" x2="%s" y1="0" y2="20"/>`, wide(b.Limit.At), wide(b.Limit.At))
		}
		v.Lines = append(v.Lines, barView{x, c.done()})
		v.Noted = v.Noted || x.Note != nil
	}
	if b.Whole && sum > 0 {
		v.One = b.one(sum)
	}
	return v, nil
}

// What a name needs in a part of the bar of the whole, and how wide that is, in pixels: on a screen, and on a
// narrow one, where names that do not fit are left out.
const (
	letterWide, nameAround = 7.6, 16
	wideBar, narrowBar     = 1080, 350
)

func (b *Bars) one(sum float64) drawn {
	var c canvas
	at := 0.0
	for _, x := range b.Rows {
		share := x.Value / sum
		c.add(`<rect class="part %s" x="%s" y="0" width="%s" height="28"/>`, x.Style, pct(100*at), pct(100*share))
		if need := letterWide*float64(len(x.Short)) + nameAround; x.Short != "" && need <= share*wideBar {
			class := string(x.Style)
			if need > share*narrowBar {
				class += " odd"
			}
			c.add(`<text class="in %s" x="%s" y="18" dx="8">%s</text>`, class, pct(100*at), escaped(x.Short))
		}
		at += share
	}
	return c.done()
}

// pct writes a share in percent with at most two digits behind the point.
func pct(f float64) string {
	if math.IsNaN(f) {
		f = 0
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".") + "%"
}
