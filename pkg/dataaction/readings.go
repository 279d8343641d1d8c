package dataaction

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Reading is a switch of Options with a name, for command lines and pages.
type Reading struct {
	Name string
	Help string
	set  func(*Options)
}

// Readings lists the switches. Without any the stricter reading of each is taken.
func Readings() []Reading {
	return []Reading{
		{"drop-nulls", "a null for a typed output is left out instead of breaking the contract", func(o *Options) { o.DropNullOutputs = true }},
		{"literal-references", "a reference without a value prints as it is written instead of failing", func(o *Options) { o.LiteralReference = true }},
		{"empty-body-fails", "a reply without a body is an error instead of {}", func(o *Options) { o.EmptyBodyFails = true }},
		{"quote-defaults", "a default that is no JSON becomes a JSON string", func(o *Options) { o.QuoteBadDefaults = true }},
		{"default-on-fault", "a path that fails takes its default instead of failing the action", func(o *Options) { o.DefaultOnFault = true }},
		{"exact-names", "names must be written in the contract's letter case", func(o *Options) { o.ExactNames = true }},
		{"reject-trailing", "text behind the JSON of a success template is an error", func(o *Options) { o.RejectTrailing = true }},
		{"whole-numbers", "2.0 is no integer", func(o *Options) { o.WholeNumbersOnly = true }},
		{"input-in-success", "the success template sees the input", func(o *Options) { o.InputInSuccess = true }},
		{"partial-fails", "a reply with status 207 is an error instead of a success", func(o *Options) { o.PartialFails = true }},
		{"shift-gaps", "flattening skips elements that lack a member", func(o *Options) { o.ShiftGaps = true }},
	}
}

// OptionsOf makes Options of the names of readings.
func OptionsOf(names []string) (Options, error) {
	var o Options
	all := Readings()
	for _, n := range names {
		i := slices.IndexFunc(all, func(r Reading) bool { return r.Name == n })
		if i < 0 {
			known := make([]string, len(all))
			for i, r := range all {
				known[i] = r.Name
			}
			if hint := diag.DidYouMean(n, known); hint != "" {
				return o, fmt.Errorf("there is no reading %q; %s", n, hint)
			}
			return o, fmt.Errorf("there is no reading %q; known are %s", n, strings.Join(known, ", "))
		}
		all[i].set(&o)
	}
	return o, nil
}
