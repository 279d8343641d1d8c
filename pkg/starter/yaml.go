package starter

import (
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"go.yaml.in/yaml/v4"
)

var plainText = pattern.Of(`^[A-Za-z]([A-Za-z0-9_ .-]*[A-Za-z0-9_])?$`)

// keywords are words that some reader of YAML takes for something else than a text.
var keywords = []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}

// text writes a text as a value, without quotes where every reader of YAML takes it for one.
func text(s string) string {
	if plainText().MatchString(s) && !slices.Contains(keywords, strings.ToLower(s)) {
		return s
	}
	return quote(s)
}

// quote writes a text in double quotes.
func quote(s string) string {
	out, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: s})
	if err != nil { // of a text there is none
		panic(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func list(all []string) string   { return joined(all, text) }
func quotes(all []string) string { return joined(all, quote) }

func joined(all []string, as func(string) string) string {
	var out []string
	for _, s := range all {
		out = append(out, as(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// clean is a name that others gave as one line without blanks at its ends.
func clean(s string) string { return diag.Line(strings.Join(strings.Fields(s), " ")) }

// usable reports whether HubSpot's ids of stages and pipelines look so.
func usable(id string) bool { return deployment.IsID(id) }

// takes reports whether a text can stand in a deployment file as the name of a queue: what is no
// name there stands in no comment, either.
func takes(s string) bool {
	return s != "" && clean(s) == s && Answers{Fallback: s}.Check(Fallback, nil) == nil
}
