package report

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Text is what a paragraph or a cell says.
type Text []Bit

// A Bit is a piece of a text. One that tells a figure or a word of the answer knows where in the
// page's data it stands; words of ours know no place.
type Bit struct {
	Text string
	Path string // JSON pointer (RFC 6901) into the page's data; several, with a blank between, where the form takes several
	Form Form   // how Text follows from what stands there
	Tone Tone   // other than Plain: a badge, which has a shape beside its word
	Code bool   // in letters of fixed width

	Shape string // of a badge, instead of its tone's

	own bool // its digits are ours and not of the answer
}

// Mine reports whether the bit's digits are ours and not of the answer.
func (b Bit) Mine() bool { return b.own }

// A Form says how a bit's text follows from the data.
type Form string

// Forms of bits.
const (
	FormText    Form = "text"    // the string that stands there
	FormLines   Form = "lines"   // the same with the ends of its lines
	FormMoney   Form = "money"   // the string, which is a decimal number, with two digits and its thousands apart; another one as it stands there
	FormCount   Form = "count"   // the number, its thousands apart; the sum where there are several
	FormMost    Form = "most"    // the greatest of several, likewise
	FormMs      Form = "ms"      // the number of milliseconds, with the unit; the greatest of several
	FormShare   Form = "share"   // the first divided by the second, as a percentage; the first may be a sum, its parts joined by +
	FormPercent Form = "percent" // the number, which is a percentage
	FormRatio   Form = "ratio"   // the first divided by the second, with two digits behind the point
	FormOf1     Form = "of1"     // the number, which is a share of one, as a percentage
	FormMean    Form = "mean"    // the number, with two digits behind the point
	FormNumber  Form = "number"  // the number, rounded to what is meaningful
	FormPlace   Form = "place"   // the object's file (without folders) and line
	FormTime    Form = "time"    // the time of day of the RFC 3339 time that stands there
	FormDayTime Form = "daytime" // the same with its day
	FormLen     Form = "len"     // how many there are in the list
)

// A Tone is how something weighs. It is always shown by a word and a shape, too.
type Tone string

// Tones.
const (
	Plain  Tone = ""
	Good   Tone = "good"
	Warn   Tone = "warn"
	Bad    Tone = "bad"
	Accent Tone = "accent"
)

// T makes a text of strings, bits and texts, one after the other.
func T(parts ...any) Text {
	var out Text
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out = append(out, Bit{Text: p})
		case Bit:
			out = append(out, p)
		case Text:
			out = append(out, p...)
		default:
			panic(fmt.Sprintf("report.T: %T is neither a string nor a bit", p))
		}
	}
	return out
}

// Count is a whole number of the answer.
func Count(n int64, path string) Bit {
	return Bit{Text: words.Thousands(n), Path: path, Form: FormCount}
}

// Most is the greatest of several numbers of the answer.
func Most(n int64, paths ...string) Bit {
	return Bit{Text: words.Thousands(n), Path: strings.Join(paths, " "), Form: FormMost}
}

// Sum is the sum of several numbers of the answer.
func Sum(n int64, paths ...string) Bit {
	return Bit{Text: words.Thousands(n), Path: strings.Join(paths, " "), Form: FormCount}
}

// Len is the length of a list of the answer.
func Len(n int, path string) Bit {
	return Bit{Text: words.Thousands(n), Path: path, Form: FormLen}
}

// MostMs is the greatest of several times of the answer, in milliseconds.
func MostMs(n int64, paths ...string) Bit {
	return Bit{Text: words.Ms(n), Path: strings.Join(paths, " "), Form: FormMs}
}

// Ms is a time of the answer, in milliseconds.
func Ms(n int64, path string) Bit {
	return Bit{Text: words.Ms(n), Path: path, Form: FormMs}
}

// Share is a number of the answer as a percentage of another one.
func Share(n, of int64, path, ofPath string) Bit {
	return Bit{Text: words.Percent(float64(n) / float64(max(1, of))), Path: path + " " + ofPath, Form: FormShare}
}

// Ratio is a number of the answer divided by another one.
func Ratio(n, of int64, path, ofPath string) Bit {
	return Bit{Text: ratio(float64(n) / float64(max(1, of))), Path: path + " " + ofPath, Form: FormRatio}
}

// Mean is a number of the answer with two digits behind the point.
func Mean(f float64, path string) Bit { return Bit{Text: ratio(f), Path: path, Form: FormMean} }

func ratio(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// Of1 is a share of one that the answer has, as a percentage.
func Of1(share float64, path string) Bit {
	return Bit{Text: words.Percent(share), Path: path, Form: FormOf1}
}

// Percent is a percentage that the answer has.
func Percent(f float64, path string) Bit {
	return Bit{Text: strconv.FormatFloat(f, 'f', -1, 64) + " %", Path: path, Form: FormPercent}
}

// Number is a number of the answer that need not be whole.
func Number(f float64, path string) Bit {
	return Bit{Text: words.Number(f), Path: path, Form: FormNumber}
}

// Str is a string of the answer as it stands there.
func Str(s, path string) Bit { return Bit{Text: s, Path: path, Form: FormText} }

// Amount is money, or what stands there for a masked one.
func Amount(s, path string) Bit { return Bit{Text: words.Money(s), Path: path, Form: FormMoney} }

// Code is the same in letters of fixed width.
func Code(s, path string) Bit { return Bit{Text: s, Path: path, Form: FormText, Code: true} }

// Place is a place in a file; the object at path has file and line.
func Place(file string, line int, path string) Bit {
	return Bit{Text: placed(file, line), Path: path, Form: FormPlace, Code: true}
}

// timeBit is a time of the answer, RFC 3339.
func timeBit(text, path string, form Form) Bit {
	layout := "15:04"
	if form == FormDayTime {
		layout = "2006-01-02 15:04"
	}
	out := Bit{Text: text, Path: path, Form: FormText}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		out.Text, out.Form = t.UTC().Format(layout), form
	}
	return out
}

// Own is words of ours with digits in them that are not of the answer.
func Own(s string) Bit { return Bit{Text: s, own: true} }

// Break begins a new line within a text.
func Break() Bit { return Bit{Text: "\n", own: true} }

// Breaks reports whether the bit begins a new line.
func (b Bit) Breaks() bool { return b.own && b.Text == "\n" }

// Word is a badge: a word with a shape and a colour.
func Word(tone Tone, s string) Bit { return Bit{Text: s, Tone: tone} }

// A Range in a pointer stands for several things of a list, one after the other, the last included.
type Range struct{ From, To int }

// Pointer is a JSON pointer (RFC 6901) of keys, indexes and ranges.
// A blank, which separates pointers, is written ~2, and + is ~3.
func Pointer(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		switch p := p.(type) {
		case int:
			b.WriteString(strconv.Itoa(p))
		case string:
			b.WriteString(escapes.Replace(p))
		case Range:
			fmt.Fprintf(&b, "%d..%d", p.From, p.To)
		default:
			panic(fmt.Sprintf("report.Pointer: %T is neither a key nor an index nor a range", p))
		}
	}
	return b.String()
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1", " ", "~2", "+", "~3")

func placed(file string, line int) string {
	p := diag.Position{File: filepath.Base(file), Line: line}
	return p.String()
}

// String is the text without what stands behind it.
func (t Text) String() string {
	var b strings.Builder
	for _, x := range t {
		b.WriteString(x.Text)
	}
	return b.String()
}
