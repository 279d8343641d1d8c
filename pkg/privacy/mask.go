package privacy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// Hidden stands for what is not shown at all.
const Hidden = "•••••"

// Options say what a mask is for.
type Options struct {
	Deployment *deployment.Deployment // nil for a flow or an action of others
	Names      Names
	Own        []string // numbers that are shown beside the deployment's own, as E.164
	Live       bool     // the account is real: amounts are shown roughly
	Show       bool     // a person asked for personal data: nothing is hidden
}

// A Mask hides what is personal. It must be told who calls (Caller), and hear what HubSpot
// answers (Listen), before it is asked. It may be used by several goroutines.
type Mask struct {
	show, live                      bool
	own                             []string
	home                            string // country in which numbers without a country code are read
	private, numbered, dated, plain set
	open                            []string // properties of HubSpot whose values are no personal data

	mu       sync.Mutex
	numbers  []string         // digits of callers
	anywhere []string         // callers without a number, hidden also within a text
	words    []*regexp.Regexp // names that callers give with their number
	values   map[string]bool  // hidden when they are the whole text, or long
}

// New makes a mask.
func New(o Options) *Mask {
	m := &Mask{
		show: o.Show, live: o.Live, own: o.Own, private: setOf(o.Names.Private...), numbered: setOf(o.Names.Numbers...), dated: setOf(o.Names.Dates...), plain: setOf(append(transferNames(), o.Names.Plain...)...),
		open: openProperties(), values: map[string]bool{},
	}
	if d := o.Deployment; d != nil {
		m.own = append(d.Own(), o.Own...)
		if c := d.HubSpot.Lookup.HomeCountries; len(c) > 0 {
			m.home = c[0]
		}
		for _, f := range d.HubSpot.Facts {
			names := []string{f.Contact, f.Deal}
			switch {
			case o.Live && f.Type != routing.BooleanFact:
				m.open = slices.DeleteFunc(m.open, func(p string) bool { return slices.Contains(names, p) })
			case f.Type != routing.StringFact:
				m.open = append(m.open, names...)
			}
		}
	}
	return m
}

// Caller makes a caller unseen, but for a number of the deployment's own.
func (m *Mask) Caller(ani string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if phone.Withheld(ani) {
		return
	}
	n, err := phone.Parse(ani, m.home)
	if err == nil && slices.Contains(m.own, n.E164()) {
		return
	}
	m.displayName(ani)
	digits := phone.Digits(ani)
	if len(digits) < least {
		m.name(ani)
		return
	}
	m.numbers = append(m.numbers, digits)
	if err == nil {
		m.numbers = append(m.numbers, strings.TrimPrefix(n.E164(), "+"))
	}
}

// displayName hides what stands before the address, as in "Ada" <sip:…>, and each word of it
// where that is all that a flow kept: within a text it may be a common word.
func (m *Mask) displayName(ani string) {
	i := strings.LastIndexByte(ani, '<')
	// Bytes that are no letters are no part of a pattern, and nothing is shown with them either.
	name := strings.Trim(strings.ToValidUTF8(ani[:max(i, 0)], "\ufffd"), ` "'`)
	if name == "" {
		return
	}
	m.words = append(m.words, regexp.MustCompile(`(?i)(?:\b|^)`+regexp.QuoteMeta(name)+`(?:\b|$)`))
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		if utf8.RuneCountInString(word) > 2 {
			m.values[word], m.values[strings.ToLower(word)], m.values[strings.ToUpper(word)] = true, true, true
		}
	}
}

// name hides a caller who has no number but a name, or a number too short to be one. Its forms
// are short: only a whole text is hidden.
func (m *Mask) name(ani string) {
	for _, f := range nameForms(ani) {
		m.values[f] = true
	}
	for _, f := range []string{ani, strings.TrimPrefix(ani, "+")} {
		if len(f) >= 6 {
			m.anywhere = append(m.anywhere, f)
		}
	}
}

// nameForms are the texts into which a flow takes an address without a number apart.
func nameForms(ani string) []string {
	user := ani[strings.IndexByte(ani, ':')+1:]
	forms := []string{ani, user}
	for _, end := range []string{";", "?", "@"} {
		user, _, _ = strings.Cut(user, end)
		forms = append(forms, user)
	}
	forms = append(forms, strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, user))
	for _, f := range forms {
		forms = append(forms, strings.ToLower(f))
	}
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(f string) bool { return f == "" })
}

// Number shows a caller's number: the first five characters and the last two; the
// deployment's own wholly.
func (m *Mask) Number(n string) string {
	if m.show || slices.Contains(m.own, n) {
		return n
	}
	return phone.Mask(n)
}

// Amount shows an amount of money: that of a real account roughly.
func (m *Mask) Amount(v string) string {
	if m.show || !m.live {
		return v
	}
	return band(v)
}

// Data shows a value by its name: of a variable, an input or output, participant data, or a
// screen pop.
func (m *Mask) Data(name, v string) string {
	switch n := strings.ToLower(name); {
	case m.show, v == "", v == `""`, v == "[]", v == "NOT_SET", slices.Contains(m.own, v):
		return v
	case m.private[n], m.live && m.dated[n]:
		return Hidden
	case m.live && m.numbered[n], strings.Contains(n, "value") || strings.Contains(n, "amount"):
		return m.Amount(v)
	case m.plain[n] || isNumber(v) && len(v) < least:
		return v
	}
	return m.Text(v)
}

var decimal = pattern.Of(`-?[0-9]+\.[0-9]+`)

// bandsIn shows every decimal number of a text roughly. What is part of a time, of an address or
// of a name is none.
func bandsIn(s string) string {
	var b strings.Builder
	done := 0
	for _, at := range decimal().FindAllStringIndex(s, -1) {
		before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
		after, _ := utf8.DecodeRuneInString(s[at[1]:])
		if part(before) || part(after) {
			continue
		}
		b.WriteString(s[done:at[0]] + band(s[at[0]:at[1]]))
		done = at[1]
	}
	return b.String() + s[done:]
}

func part(r rune) bool {
	return r == ':' || r == '.' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// Text shows a text of any kind without what is personal in it. The scheme of a number stays:
// it is often what somebody looks for.
func (m *Mask) Text(s string) string {
	if m.show {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s = phone.MaskIn(m.callers(s), m.own...)
	for _, f := range m.anywhere {
		s = strings.ReplaceAll(s, f, Hidden)
	}
	for _, w := range m.words {
		s = w.ReplaceAllString(s, Hidden)
	}
	for v := range m.values {
		s = strings.ReplaceAll(s, `"`+v+`"`, `"`+Hidden+`"`)
		if s == v || len(v) > 7 {
			s = strings.ReplaceAll(s, v, Hidden)
		}
	}
	if s = mails(s); m.live {
		s = bandsIn(s)
	}
	return s
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// band says an amount only roughly: 62000 is "10,000 to 100,000".
func band(v string) string {
	f, err := strconv.ParseFloat(strings.Trim(v, `"`), 64)
	if err != nil {
		return Hidden
	}
	if f < 1 {
		return "0"
	}
	at := 0
	for bound := 10.0; f >= bound && at < len(bands)-2; bound *= 10 {
		at++
	}
	return bands[at] + " to " + bands[at+1]
}

var bands = []string{"1", "10", "100", "1,000", "10,000", "100,000", "1,000,000", "10,000,000", "100,000,000", "1,000,000,000"}
