package architect

import (
	"fmt"
	"io"
	"strings"
)

//go:generate go test -run TestActionsPage -update .

// WriteActions writes the page of actions from the table.
func WriteActions(w io.Writer) error {
	var b strings.Builder
	b.WriteString(`# Actions of Architect flows

Generated from the table in table.go by ` + "`go generate`" + `; do not edit.

The reader, the checker and the interpreter use this table. Call flows: which of
inboundCall (in), outboundCall (out), secureCall (sec) and inqueueCall (que) take the
action; – means none of them. "later" came to call flows after Genesys' validation of
2018; "guessed" keys follow from the rule for keys and were never seen in a published file.
Ends: the action ends its task by itself. Transfers have a hidden branch for success that
ends the call. Every action counts one against the budget of 10,000; entering a task is
free.

A field is written key: type. ¹ has to be there; ² takes no expression; → is a variable
that the result goes to, of exactly the type.

| Action | What it does | Call flows | Fields | Branches |
|---|---|---|---|---|
`)
	for i := range kindTable {
		k := &kindTable[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", "`"+k.Key+"`", k.about(), k.flows(), k.fields(), k.ways())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (k *ActionKind) about() string {
	notes := []string{k.About}
	if k.Ends {
		notes = append(notes, "ends")
	}
	if k.Later {
		notes = append(notes, "later")
	}
	if k.Guessed {
		notes = append(notes, "guessed")
	}
	return strings.Join(notes, "; ")
}

func (k *ActionKind) flows() string {
	short := map[string]string{"inboundCall": "in", "outboundCall": "out", "secureCall": "sec", "inqueueCall": "que"}
	var out []string
	for _, t := range k.Calls {
		out = append(out, short[t])
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, " ")
}

func (k *ActionKind) fields() string {
	var out []string
	for i := range k.Fields {
		f := &k.Fields[i]
		s := "`" + f.Key + "`"
		switch {
		case f.Use == UseOutput:
			s += ": → " + f.Type
		case f.Type != "":
			s += ": " + f.Type
		default:
			s += ": " + string(f.Use)
		}
		if f.Min != 0 || f.Max != 0 {
			s += fmt.Sprintf(" %d–%d", f.Min, f.Max)
		}
		if f.Missing != "" {
			s += "¹"
		}
		if f.Literal {
			s += "²"
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func (k *ActionKind) ways() string {
	out := append([]string{}, k.Branches...)
	switch {
	case k.Hidden:
		out = append(out, "(success)")
	case k.Key == "switch":
		out = append(out, "cases", "default")
	case k.Key == "callTask" || k.Key == "callCommonModule":
		out = append(out, "paths of the callee")
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}
