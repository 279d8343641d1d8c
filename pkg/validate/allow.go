package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// An Allowed finding is one that a comment of the deployment file says is all right:
//
//	# dealroute: allow CODE because REASON
//
// At the end of a line the comment speaks for that line and what is indented under it, on a
// line of its own for the next one likewise, and at the top of the file for everything,
// templates included.
type Allowed struct {
	diag.Finding
	Reason string
	Line   int // of the comment
}

// An allowance is such a comment.
type allowance struct {
	code, reason string
	at           diag.Position
	length       int
	from, to     int // lines it speaks for
	everything   bool
	used         bool
}

var (
	// marked is what the comments of this tool begin with, also where the colon was forgotten.
	// Capitals are forgiven in the name of the tool where the rest is meant for it.
	marked    = pattern.Of(`(?:^|\s)#+ *(?:dealroute(:.*| +allow\b.*)|(?i:dealroute)(: *(?i:allow)\b.*))$`)
	allowForm = pattern.Of(`^: *allow +([A-Za-z0-9.-]+) +because +(\S.*?) *$`)
	// blockText begins a text of the lines that are indented under it.
	blockText = pattern.Of(`(?:^|[\s:])[|>][0-9+-]*\s*$`)
)

// comment is where a line's comment begins, -1 when it has none: behind a blank, and in no
// quotes.
func comment(line string) int {
	quote, last := rune(0), ' '
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote && (quote != '"' || last != '\\') {
				quote = 0
			}
		case r == '#' && (last == ' ' || last == '\t'):
			return i
		case (r == '"' || r == '\'') && (r == last || strings.ContainsRune(" \t,[{:", last)):
			quote = r
		}
		last = r
	}
	return -1
}

// comments are where the comments of lines begin, -1 for those without one. A text of several
// lines has none.
func comments(lines []string) []int {
	out := make([]int, len(lines))
	under := -1 // the indent of the line whose text this is
	for i, line := range lines {
		blank := strings.TrimSpace(line) == ""
		if under >= 0 && (blank || indent(line) > under) {
			out[i] = -1
			continue
		}
		under, out[i] = -1, comment(line)
		if out[i] >= 0 {
			line = line[:out[i]]
		}
		if blockText().MatchString(line) {
			under = indent(line)
		}
	}
	return out
}

// allowances reads the comments of a deployment file; those that say nothing this tool
// understands are findings.
func allowances(file string, text []byte) (as []*allowance, wrong []diag.Finding) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), "\n")
	bare := func(i int) bool { s := strings.TrimSpace(lines[i]); return s == "" || s[0] == '#' }
	first := 0
	for first < len(lines)-1 && (bare(first) || strings.HasPrefix(lines[first], "---") || strings.HasPrefix(lines[first], "%")) {
		first++
	}
	starts := comments(lines)
	for i, line := range lines {
		if starts[i] < 0 {
			continue
		}
		comment := line[starts[i]:]
		m := marked().FindStringSubmatchIndex(comment)
		if m == nil {
			continue
		}
		hash := starts[i] + m[0] + strings.IndexByte(comment[m[0]:], '#')
		at := diag.Position{File: file, Line: i + 1, Column: len([]rune(line[:hash])) + 1}
		length := len([]rune(strings.TrimRight(line[hash:], " ")))
		said := allowForm().FindStringSubmatch(comment[max(m[2], m[4]):])
		if said == nil {
			wrong = append(wrong, diag.Finding{Position: at, Length: length, Message: "this comment is addressed to dealroute and does not say which finding is allowed, and why"})
			continue
		}
		a := &allowance{code: said[1], reason: said[2], at: at, length: length, from: i}
		if bare(i) {
			a.everything = i < first
			for a.from < len(lines)-1 && bare(a.from) {
				a.from++
			}
		}
		depth := indent(lines[a.from])
		for a.to = a.from; a.to < len(lines)-1 && (bare(a.to+1) || indent(lines[a.to+1]) > depth); a.to++ {
		}
		a.from, a.to = a.from+1, a.to+1
		as = append(as, a)
	}
	return as, wrong
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// speaksFor reports whether a finding is one that is allowed.
func (a *allowance) speaksFor(file string, f diag.Finding) bool {
	return f.Code == a.code && (a.everything || f.Position.File == file && a.from <= f.Position.Line && f.Position.Line <= a.to)
}

// allow takes out of all findings those that the deployment file allows, and tells of what it
// allows for nothing. What keeps the file from being used is in stops, and stays; late are checks
// that were not made for want of time.
func (in Input) allow(all diag.Findings, stops map[diag.Finding]bool, late []Rule) (left diag.Findings, out []Allowed) {
	file := in.Deployment.Pos("name").File
	as, _ := allowances(file, in.Source)
	refused := map[*allowance]bool{}
	for _, f := range all {
		i := slices.IndexFunc(as, func(a *allowance) bool { return a.speaksFor(file, f) })
		switch {
		case i < 0:
			left = append(left, f)
		case stops[f]:
			refused[as[i]] = true
			left = append(left, f)
		default:
			as[i].used = true
			out = append(out, Allowed{f, as[i].reason, as[i].at.Line})
		}
	}
	for _, a := range as {
		switch {
		case a.used:
		case in.unasked(a.code) || slices.ContainsFunc(late, func(r Rule) bool { return r.Code == a.code }): // nobody knows whether there is something to allow
		case refused[a]:
			left = append(left, a.nothing("repair it", "%s keeps the file from being used and cannot be allowed"))
		default:
			known, near := lookUp(a.code)
			if known {
				near = ""
			}
			left = append(left, a.nothing(cmp.Or(near, "delete the comment"), "nothing is allowed by this: there is no %s here"))
		}
	}
	return left, out
}

// unasked reports whether a code is of a check that was not made this time.
func (in Input) unasked(code string) bool {
	i := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Code == code })
	if strings.HasPrefix(code, ofDoctor) {
		return true // it is the examination's matter, see Allowing
	}
	if in.Accounts {
		return i < 0 || !in.asks(Rules()[i])
	}
	return in.AccountsOnly && i < 0 || i >= 0 && Rules()[i].property == "" && !in.asks(Rules()[i])
}

// nothing says that an allowance allows nothing; the sentence names its code.
func (a *allowance) nothing(hint, sentence string) diag.Finding {
	return diag.Finding{
		Code: codeAllowNothing, Severity: diag.Warning, Position: a.at, Length: a.length,
		Message: fmt.Sprintf(sentence, a.code), Hint: hint,
	}
}

const (
	codeAllowForm    = "DR-ALLOW-001"
	codeAllowNothing = "DR-ALLOW-002"
)

// codes are those that a person may name; those of Genesys' own validation are beside them.
func codes() []string {
	var out []string
	for _, r := range Rules() {
		out = append(out, r.Code)
	}
	for _, c := range deployment.Codes() {
		out = append(out, c.ID)
	}
	for _, r := range dataaction.Rules() {
		out = append(out, r.Code)
	}
	return out
}

// ofDoctor begins the codes of package doctor, which stands above this one.
const ofDoctor = "DR-DOC-"

// vendorForm is that of codes this package does not list: those of rendering, of flows, of an
// examination, and of Genesys' own validation.
var vendorForm = pattern.Of(`^(DR-(RENDER|FLOW|DOC)-[0-9]{3}|[a-z][A-Za-z]*(\.[A-Za-z]+)+)$`)

// CodeError says why a text is no code of a finding, nil when it is one.
func CodeError(code string) error {
	known, near := lookUp(code)
	if known || vendorForm().MatchString(code) {
		return nil
	}
	return fmt.Errorf("no finding has the code %q: %s", code, cmp.Or(near, "docs/checks.md lists them"))
}

// lookUp reports whether a code is one of ours, and offers the nearest.
func lookUp(code string) (known bool, near string) {
	all := codes()
	return slices.Contains(all, code), diag.DidYouMean(code, all)
}

// Allowing takes out of findings, of whoever looks at a deployment beside this package, those that
// comments of its file allow.
func Allowing(in Input, all diag.Findings) (left diag.Findings, out []Allowed) {
	if in.Deployment == nil || in.Source == nil {
		return all, nil
	}
	file := in.Deployment.Pos("name").File
	as, _ := allowances(file, in.Source)
	for _, f := range all {
		i := slices.IndexFunc(as, func(a *allowance) bool { return a.speaksFor(file, f) })
		if i < 0 {
			left = append(left, f)
			continue
		}
		out = append(out, Allowed{f, as[i].reason, as[i].at.Line})
	}
	return left, out
}
