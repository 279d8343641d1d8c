package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/invopop/jsonschema"
)

// plain turns the comments of Go types into texts for readers of YAML: without the names that only
// the program has, and with default and range behind them, which not every editor shows.
func plain(s *jsonschema.Schema) {
	for name, d := range s.Definitions {
		d.Description = without(d.Description, name)
		keys(d)
	}
	keys(s)
}

func keys(s *jsonschema.Schema) {
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		v := p.Value
		v.Description = without(v.Description, goName(v.Description, p.Key), p.Key)
		for _, w := range v.Enum { // a value is written as it is
			if word := fmt.Sprint(w); len(v.Description) >= len(word) && strings.EqualFold(v.Description[:len(word)], word) {
				v.Description = word + v.Description[len(word):]
			}
		}
		if v.Default != nil && v.Description != "" {
			v.Description += fmt.Sprintf(" Default: %v.", v.Default)
		}
		low, high := number(v.Minimum), number(v.Maximum)
		switch {
		case v.Description == "":
		case low != "" && high != "":
			v.Description += fmt.Sprintf(" From %s to %s.", low, high)
		case low != "":
			v.Description += fmt.Sprintf(" At least %s.", low)
		}
	}
}

func number(n json.Number) string { return string(n) }

// goName is the first word of a text when it is a key as Go writes it.
func goName(text, key string) string {
	word, _, _ := strings.Cut(text, " ")
	if word = strings.TrimRight(word, ":"); strings.EqualFold(word, key) {
		return word
	}
	return ""
}

// without takes a name from the beginning of a text, with the verb behind it where that says
// nothing; key stands in its place where a sentence needs it.
func without(text, name string, key ...string) string {
	if name == "" {
		return text
	}
	lead := regexp.MustCompile(`^(?:An? |The )?` + regexp.QuoteMeta(name) + `(: | is | are | )`)
	at := lead.FindStringSubmatchIndex(text)
	if at == nil {
		return text
	}
	rest, verb := text[at[1]:], text[at[2]:at[3]]
	if verb == " " { // a verb of its own, or more of the noun
		switch first, _, _ := strings.Cut(rest, " "); {
		case len(key) > 0 && (strings.HasSuffix(first, ":") || !strings.HasSuffix(first, "s") || first == "is"):
			if strings.HasSuffix(first, ":") {
				return key[0] + " " + rest
			}
			return text
		}
	}
	for i, r := range rest {
		if i == 0 {
			return string(unicode.ToUpper(r)) + rest[len(string(r)):]
		}
	}
	return rest
}
