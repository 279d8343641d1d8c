package view

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/words"
)

// What others named stands in code in every comment of a pull request: there nothing is a mention,
// a link, a picture or the end of a cell.

// longComment is where a comment ends, in bytes. GitHub takes 65,536 characters.
const longComment = 60_000

// diffed finds the mark of a line of a diff, which stands first where it is coloured.
var diffed = pattern.Of(`(?m)^( {6})([-+])`)

// code is a text of others as code within a table: a span of backticks, or where it has characters
// that such a span or a table would take for theirs, an element with those written as numbers.
func code(s string) string {
	s = diag.Line(s)
	if s == "" {
		return "–"
	}
	if !strings.ContainsAny(s, "`|\\") && strings.TrimSpace(s) == s {
		return "`" + s + "`"
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("`|\\<>&*_~[]()#!\"'$@:", r) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
			continue
		}
		b.WriteRune(r)
	}
	return "<code>" + b.String() + "</code>"
}

// clipped is a text that is not long.
func clipped(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}

// MarkdownNote writes a sentence of ours that may have names of others in it.
func MarkdownNote(w io.Writer, s string) error {
	_, err := diag.Fprintf(w, "%s\n", code(s))
	return err
}

// MarkdownPlan writes a plan as a comment of a pull request: what changes as a table, and all that
// PrintPlan shows in a part that opens.
func MarkdownPlan(w io.Writer, org string, sandbox bool, p plan.Plan, texts map[genesys.Key][2]string) error {
	var b strings.Builder
	diag.Fprintf(&b, "### %s\n\norg %s", Tally(p), code(org))
	if sandbox {
		b.WriteString(", which is emulated")
	}
	b.WriteString("\n")
	rows := 0
	for _, c := range p.Changes {
		if c.Action == plan.Keep {
			continue
		}
		if rows == 0 {
			b.WriteString("\n| | kind | name | why |\n|---|---|---|---|\n")
		}
		if rows++; rows > mostMoves {
			continue
		}
		diag.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Action, c.Key.Kind, code(clipped(c.Key.Name)), code(clipped(reasonOf(c, shown(c), true))))
	}
	if rows > mostMoves {
		diag.Fprintf(&b, "\n%d more\n", rows-mostMoves)
	}
	var all strings.Builder
	if err := PrintPlan(&all, p, texts); err != nil {
		return err
	}
	text := diag.Plain(diffed().ReplaceAllString(all.String(), "$2$1"))
	if most := longComment / 2; len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "\n…\n"
	}
	if rows > 0 {
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		diag.Fprintf(&b, "\n<details>\n<summary>Details</summary>\n\n%sdiff\n%s%s\n\n</details>\n", fence, diag.Block(text), fence)
	}
	_, err := diag.Fprintf(w, "%s", diag.Block(b.String()))
	return err
}

// MarkdownMoves writes moves as a comment of a pull request.
func MarkdownMoves(w io.Writer, m Moves, f MovesFrame) error {
	var table, examples strings.Builder
	shown := 0
	for _, x := range m.Moves[:min(len(m.Moves), mostMoves)] {
		var reasons, ex []string
		for _, r := range x.Reasons[:min(len(x.Reasons), 3)] {
			reasons = append(reasons, code(why(r)))
		}
		for _, e := range x.Examples {
			ex = append(ex, fmt.Sprintf("| %d | %s | %s | %s |\n", e.Row, code(cmp.Or(e.ANI, "without a number")), code(where(x.From)), code(where(x.To))))
		}
		row := fmt.Sprintf("| %d | %s | %s | %s |\n", x.Calls, code(where(x.From)), code(where(x.To)), strings.Join(reasons, "<br>"))
		if table.Len()+examples.Len()+len(row)+len(strings.Join(ex, "")) > longComment/2-4000 { // the other half is the plan's
			break
		}
		table.WriteString(row)
		examples.WriteString(strings.Join(ex, ""))
		shown++
	}
	var b strings.Builder
	diag.Fprintf(&b, "### %s\n\n%s → %s", headline(m), code(m.Before), code(m.After))
	for _, p := range []string{f.File, f.Source} {
		if p != "" {
			diag.Fprintf(&b, " · %s", code(p))
		}
	}
	b.WriteString("\n")
	if shown > 0 {
		diag.Fprintf(&b, "\n| calls | from | to | by |\n|---:|---|---|---|\n%s", diag.Block(table.String()))
	}
	rest := m.Moved
	for _, x := range m.Moves[:shown] {
		rest -= x.Calls
	}
	var notes []string
	if rest > 0 {
		notes = append(notes, fmt.Sprintf("%s in more kinds of moves; `-o json` lists them", words.Count(rest, "call", "calls")))
	}
	if s := stay(m, func(t Target) string { return code(clipped(where(t))) }); s != "" {
		notes = append(notes, "stay: "+s)
	}
	notes = append(notes, others(m)...)
	if s := Left(f); s != "" {
		notes = append(notes, "left out: "+s)
	}
	if s := numberless(m); s != "" {
		notes = append(notes, "without a number: "+s)
	}
	if len(notes) > 0 {
		diag.Fprintf(&b, "\n- %s\n", diag.Block(strings.Join(notes, "\n- ")))
	}
	if examples.Len() > 0 {
		diag.Fprintf(&b, "\n<details>\n<summary>Examples</summary>\n\n| %s | caller | from | to |\n|---:|---|---|---|\n%s\n</details>\n", f.row(), diag.Block(examples.String()))
	}
	_, err := diag.Fprintf(w, "%s", diag.Block(b.String()))
	return err
}
