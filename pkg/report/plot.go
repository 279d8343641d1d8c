package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Chart is one or several series over time, drawn. Its figures are those of a table, which
// stands below it.
type Chart struct {
	Caption string // what is shown, with the unit
	About   string // what can be seen, in a sentence, for those who cannot
	Unit    string // of the values: ms, %, empty for counts
	Start   time.Time
	Step    time.Duration // from one value to the next
	Series  []Series
	Stacked bool    // they are parts of a whole and stand on each other
	Most    float64 // the axis ends there; 0: at the greatest value
	Limit   *Limit
	Numbers *Table // the same as a table
}

// A Series is one line, or one layer.
type Series struct {
	Name   string
	Values []float64 // NaN: there is none, and the line has a gap
	Style  Style
}

// A Style is how a series is told from others: lines by their dashes too, layers by hatching.
type Style string

// Styles.
const (
	First  Style = "s1"
	Second Style = "s2"
	Third  Style = "s3"
	Wrong  Style = "sx" // what is wrong, or lost
	Skip   Style = "sy" // what was not tried
)

// A Limit is a line that values should stay below.
type Limit struct {
	At   float64
	Name string
}

// Measures of a chart, in pixels. Its width is that of the page; what stands at its sides is not
// stretched with it.
const (
	chartHigh = 200 // of the field
	chartTop  = 10
	chartFoot = 26   // below the field, for the times
	chartWide = 1000 // units of the field from left to right
	lineHigh  = 15
)

func (*Chart) template() string { return "chart" }

// A chartView is what the template of a chart is given.
type chartView struct {
	*Chart
	Left, Field, Right drawn
	Key                []keyed
	In                 drawn
}

// A keyed is a series in the key, which stands above the chart where there is no room beside it.
type keyed struct {
	Name   string
	Sample drawn
}

func (c *Chart) nest(r *renderer) (any, error) {
	v := chartView{Chart: c}
	top, ticks := c.scale()
	y := func(f float64) float64 { return chartTop + chartHigh*(1-f/top) }
	v.Left, v.Field, v.Right = c.axis(ticks, y), c.field(ticks, y), c.labels(y)
	for _, s := range c.Series {
		v.Key = append(v.Key, keyed{s.Name, c.sample(s)})
	}
	if c.Numbers != nil {
		in, err := r.blocks([]Block{Details{Summary: T("The numbers"), Blocks: []Block{c.Numbers}}})
		if err != nil {
			return nil, err
		}
		v.In = in
	}
	return v, nil
}

// sums are, for each layer, where its upper edge is; without layers the values themselves.
func (c *Chart) sums() [][]float64 {
	var out [][]float64
	for i, s := range c.Series {
		edge := slices.Clone(s.Values)
		if c.Stacked && i > 0 {
			for j := range edge {
				edge[j] += out[i-1][j]
			}
		}
		out = append(out, edge)
	}
	return out
}

// scale is where the axis ends, and its ticks.
func (c *Chart) scale() (top float64, ticks []float64) {
	most := c.Most
	if most == 0 {
		for _, s := range c.sums() {
			for _, v := range s {
				if !math.IsNaN(v) {
					most = max(most, v)
				}
			}
		}
		if c.Limit != nil {
			most = max(most, c.Limit.At)
		}
	}
	return Ticks(most, 5)
}

// Ticks are round values from 0 on, at most so many, the last of which is not below most.
func Ticks(most float64, at int) (top float64, ticks []float64) {
	if !(most > 0) {
		return 1, []float64{0, 1}
	}
	step := math.Pow(10, math.Floor(math.Log10(most/float64(at-1))))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*step*float64(at-1) >= most*(1-1e-9) {
			step *= f
			break
		}
	}
	for i := 0; ; i++ {
		v := float64(i) * step
		ticks = append(ticks, v)
		if v >= most*(1-1e-9) {
			return v, ticks
		}
	}
}

// value writes a value of the axis.
func (c *Chart) value(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if f == math.Trunc(f) {
		s = words.Thousands(int64(f))
	} else if len(s) > 6 {
		s = strconv.FormatFloat(f, 'g', 3, 64)
	}
	if c.Unit == "%" {
		s += " %"
	}
	return s
}

// A canvas is a vector picture in the making.
type canvas struct{ strings.Builder }

func (c *canvas) add(format string, args ...any) { fmt.Fprintf(&c.Builder, format, args...) }

func (c *canvas) text(class, x string, y float64, s string) {
	c.add(`<text class="%s" x="%s" y="%s">%s</text>`, class, x, px(y), escaped(s))
}

func (c *canvas) done() drawn { return drawn(c.String()) } //nolint:gosec // numbers of ours, and texts that were escaped

func escaped(s string) string { return template.HTMLEscapeString(diag.Line(s)) }

// px writes a measure with at most a tenth.
func px(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(f*10)/10, 'f', 1, 64), ".0")
}

// axis is what stands left of the field.
func (c *Chart) axis(ticks []float64, y func(float64) float64) drawn {
	var b canvas
	for _, t := range ticks {
		b.text("end", "100%", y(t)+4, c.value(t))
	}
	return b.done()
}

// field is the lines, layers and times.
func (c *Chart) field(ticks []float64, y func(float64) float64) drawn {
	var b canvas
	for _, t := range ticks {
		b.add(`<line class="grid" x1="0" x2="100%%" y1="%s" y2="%s"/>`, px(y(t)), px(y(t)))
	}
	high := chartTop + chartHigh
	b.add(`<svg x="0" y="0" width="100%%" height="%d" viewBox="0 0 %d %d" preserveAspectRatio="none">`, high+1, chartWide, high+1)
	if c.Stacked {
		c.layers(&b, y)
	} else {
		for _, s := range c.Series {
			b.add(`<path class="line %s" d="%s"/>`, s.Style, c.path(s.Values, y))
		}
	}
	b.add(`</svg>`)
	if l := c.Limit; l != nil {
		b.add(`<line class="limit" x1="0" x2="100%%" y1="%s" y2="%s"/>`, px(y(l.At)), px(y(l.At)))
		b.text("limit", "4", y(l.At)-5, l.Name)
	}
	c.times(&b)
	return b.done()
}

// x is where the i-th value stands, in units of the field. A layer covers the whole of its step, and
// a line goes through the middle of it.
func (c *Chart) x(i float64) float64 { return chartWide * i / float64(max(1, c.long())) }

func (c *Chart) long() int {
	if len(c.Series) == 0 {
		return 0
	}
	return len(c.Series[0].Values)
}

func (c *Chart) path(values []float64, y func(float64) float64) string {
	var b strings.Builder
	pen := false
	for i, v := range values {
		if math.IsNaN(v) {
			pen = false
			continue
		}
		letter := "L"
		if !pen {
			letter = "M"
		}
		fmt.Fprintf(&b, "%s%s %s", letter, px(c.x(float64(i)+0.5)), px(y(v)))
		if !pen && (i+1 == len(values) || math.IsNaN(values[i+1])) { // one alone
			fmt.Fprintf(&b, "h0.1")
		}
		pen = true
	}
	return b.String()
}

// layers draws each layer as steps, from its lower edge to its upper one.
func (c *Chart) layers(b *canvas, y func(float64) float64) {
	edges := c.sums()
	edge := func(i, j int) float64 {
		if i < 0 || math.IsNaN(edges[i][j]) {
			return y(0)
		}
		return y(edges[i][j])
	}
	for i, s := range c.Series {
		var up, down strings.Builder
		for j := range s.Values {
			fmt.Fprintf(&up, "L%s %sH%s", px(c.x(float64(j))), px(edge(i, j)), px(c.x(float64(j+1))))
		}
		for j := len(s.Values) - 1; j >= 0; j-- {
			fmt.Fprintf(&down, "L%s %sH%s", px(c.x(float64(j+1))), px(edge(i-1, j)), px(c.x(float64(j))))
		}
		b.add(`<path class="layer %s" d="M%s%sZ"/>`, s.Style, strings.TrimPrefix(up.String(), "L"), down.String())
	}
}

// spans are the distances that times on an axis may have.
func spans() []time.Duration {
	const h, d = time.Hour, 24 * time.Hour
	return []time.Duration{
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, h, 2 * h, 3 * h, 4 * h, 6 * h, 12 * h,
		d, 2 * d, 5 * d, 10 * d, 30 * d, 60 * d,
	}
}

const mostTimes = 9

// times are below the field. Every other one is left out where it is narrow.
func (c *Chart) times(b *canvas) {
	all := time.Duration(c.long()) * c.Step
	if all <= 0 {
		return
	}
	span := spans()[len(spans())-1]
	for _, s := range spans() {
		if all/s < mostTimes {
			span = s
			break
		}
	}
	start := c.Start.UTC()
	at := start.Truncate(span)
	if at.Before(start) {
		at = at.Add(span)
	}
	day := ""
	for i := 0; !at.After(start.Add(all)); i, at = i+1, at.Add(span) {
		x := px(100*float64(at.Sub(start))/float64(all)) + "%"
		class := "middle"
		if i%2 == 1 {
			class += " odd"
		}
		b.add(`<line class="tick" x1="%s" x2="%s" y1="%d" y2="%d"/>`, x, x, chartTop+chartHigh, chartTop+chartHigh+4)
		form := "15:04"
		if span >= 24*time.Hour || day != at.Format("01-02") && all > 24*time.Hour {
			form = "01-02"
		}
		day = at.Format("01-02")
		b.text(class, x, chartTop+chartHigh+lineHigh+4, at.Format(form))
	}
}

// labels are the names of the series, at the end of each; none covers another.
func (c *Chart) labels(y func(float64) float64) drawn {
	type label struct {
		s  Series
		at float64
	}
	var all []label
	edges := c.sums()
	for i, s := range c.Series {
		at := math.NaN()
		for j, v := range edges[i] {
			if !math.IsNaN(v) {
				at = y(v)
				if c.Stacked { // the middle of the layer
					at = (y(v) + y(v-s.Values[j])) / 2
				}
			}
		}
		if !math.IsNaN(at) {
			all = append(all, label{s, at})
		}
	}
	slices.SortStableFunc(all, func(a, b label) int { return int(math.Copysign(1, a.at-b.at)) })
	for i := range all {
		all[i].at = max(all[i].at, chartTop+float64(i)*lineHigh)
		if i > 0 {
			all[i].at = max(all[i].at, all[i-1].at+lineHigh)
		}
	}
	for i := len(all) - 1; i >= 0; i-- { // back up what went below the field
		lowest := chartTop + chartHigh - float64(len(all)-1-i)*lineHigh
		all[i].at = min(all[i].at, lowest)
	}
	var b canvas
	for _, l := range all {
		b.add(`<text class="name %s" x="8" y="%s">%s</text>`, l.s.Style, px(l.at+4), escaped(l.s.Name))
	}
	return b.done()
}

// sample is a bit of a line or a layer, for the key.
func (c *Chart) sample(s Series) drawn {
	var b canvas
	if c.Stacked {
		b.add(`<rect class="layer %s" x="0" y="1" width="24" height="10"/>`, s.Style)
	} else {
		b.add(`<path class="line %s" d="M0 6H24"/>`, s.Style)
	}
	return b.done()
}
