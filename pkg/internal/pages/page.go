package pages

import (
	"fmt"
	"strings"
)

// A Page is a Markdown file.
type Page struct {
	Name  string // for messages
	Lines []string
	Parts []Part // in the order of the page
}

// A Part is a block, or a mark that stands alone. One of the two is set.
type Part struct {
	Block *Block
	Mark  *Mark
}

// A Mark is what a hidden comment says.
type Mark struct {
	Line int    // of the page, from 1
	Verb string // "run", "not run", …
	Text string // behind the colon
}

// A Block is a fenced block.
type Block struct {
	Line   int    // of the opening fence, from 1
	Lang   string // the first word behind the fence
	Indent string // what stands before the fence, as in a list
	Lines  []string
	Marks  []Mark // directly above it
}

// A Command is one of a console block, with what it prints.
type Command struct {
	Line     int // of the page, from 1
	Text     string
	From, To int // of the output: lines of the block, To excluded
}

// Marked gives the text of the block's mark with that verb.
func (b *Block) Marked(verb string) (string, bool) {
	for _, m := range b.Marks {
		if m.Verb == verb {
			return m.Text, true
		}
	}
	return "", false
}

// Text is the content of the block, with a line break at its end.
func (b *Block) Text() string {
	if len(b.Lines) == 0 {
		return ""
	}
	return strings.Join(b.Lines, "\n") + "\n"
}

// verbs are the marks there are; true of those that say more behind a colon.
func verbs() map[string]bool {
	return map[string]bool{
		"run": true, "not run": true, "exit": true, "file": true, "insert": true, "other": true, "note": true,
		"commands only": false, "complete": false, "fragment": false, "crm": false, "org": false, "world": false, "flow": false,
	}
}

// Parse reads a page. A comment that is no mark, a fence that is not closed and a mark that
// lacks what it needs are errors with their line.
func Parse(name, text string) (*Page, error) {
	p := &Page{Name: name, Lines: strings.Split(text, "\n")}
	var above []Mark
	flush := func() {
		for _, m := range above {
			p.Parts = append(p.Parts, Part{Mark: &m})
		}
		above = nil
	}
	for i := 0; i < len(p.Lines); i++ {
		line := p.Lines[i]
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			b := &Block{Line: i + 1, Indent: line[:len(line)-len(strings.TrimLeft(line, " "))], Marks: above}
			fence := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
			b.Lang, _, _ = strings.Cut(strings.TrimSpace(trimmed[len(fence):]), " ")
			above = nil
			for i++; ; i++ {
				if i == len(p.Lines) {
					return nil, fmt.Errorf("%s:%d: the block is not closed", name, b.Line)
				}
				if strings.TrimSpace(p.Lines[i]) == fence {
					break
				}
				b.Lines = append(b.Lines, strings.TrimPrefix(p.Lines[i], b.Indent))
			}
			p.Parts = append(p.Parts, Part{Block: b})
		case strings.HasPrefix(trimmed, "<!--"):
			start := i
			comment := trimmed
			for !strings.HasSuffix(comment, "-->") {
				if i++; i == len(p.Lines) {
					return nil, fmt.Errorf("%s:%d: the comment is not closed", name, start+1)
				}
				comment += "\n" + strings.TrimRight(p.Lines[i], " ")
			}
			said := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(comment, "<!--"), "-->"))
			if start == 0 && strings.HasSuffix(said, "DO NOT EDIT.") {
				continue // how generated files begin
			}
			m, err := mark(said)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, start+1, err)
			}
			m.Line = start + 1
			above = append(above, m)
		case trimmed != "":
			flush()
		}
	}
	flush()
	return p, nil
}

func mark(said string) (Mark, error) {
	verb, text, colon := strings.Cut(said, ":")
	verb, text = strings.TrimSpace(verb), strings.TrimSpace(text)
	more, known := verbs()[verb]
	switch {
	case !known:
		return Mark{}, fmt.Errorf("%q is no mark", verb)
	case more != colon || more && text == "":
		return Mark{}, fmt.Errorf("mark %q: with a text behind a colon: %t", verb, more)
	}
	return Mark{Verb: verb, Text: text}, nil
}

// Commands are those of a console block, with where their outputs are. A block in which something
// stands before the first command is an error.
func (b *Block) Commands() ([]Command, error) {
	var out []Command
	for i := 0; i < len(b.Lines); {
		text, ok := strings.CutPrefix(b.Lines[i], "$ ")
		if !ok {
			return nil, fmt.Errorf("line %d: no command: a console block begins with \"$ \"", b.Line+1+i)
		}
		c := Command{Line: b.Line + 1 + i, Text: text}
		for i++; i < len(b.Lines); i++ {
			more, ok := strings.CutPrefix(b.Lines[i], "> ")
			if !ok {
				break
			}
			c.Text += "\n" + more
		}
		c.From = i
		for i < len(b.Lines) && !strings.HasPrefix(b.Lines[i], "$ ") {
			i++
		}
		c.To = i
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("line %d: a console block without a command", b.Line)
	}
	return out, nil
}

// Output is what the page says that a command prints.
func (b *Block) Output(c Command) []string { return b.Lines[c.From:c.To] }

// Replace gives the page with other outputs of commands, by the line of each command.
func (p *Page) Replace(outputs map[int][]string) string {
	var out []string
	at := 0 // lines of the page that are written
	for _, part := range p.Parts {
		b := part.Block
		if b == nil || b.Lang != "console" {
			continue
		}
		commands, err := b.Commands()
		if err != nil {
			continue // it is reported, and stays
		}
		for _, c := range commands {
			now, ok := outputs[c.Line]
			if !ok {
				continue
			}
			out = append(out, p.Lines[at:b.Line+c.From]...)
			for _, l := range now {
				out = append(out, strings.TrimRight(b.Indent+l, " "))
			}
			at = b.Line + c.To
		}
	}
	return strings.Join(append(out, p.Lines[at:]...), "\n")
}
