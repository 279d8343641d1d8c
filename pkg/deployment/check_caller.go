package deployment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// checkCaller asks what a rule says of the caller's number, and of the number that was called.
func (d *decoder) checkCaller(dep *Deployment, path string, w When) {
	if t := w.Caller; t != nil {
		at := path + ".caller"
		if len(t.Number)+len(t.Country) == 0 && !d.anyBadBelow(at) {
			d.problem(at, codeEmpty, diag.Error, 0, "write number, country or both, such as {number: withheld}", at+" asks nothing of the caller")
		}
		for i, n := range t.Number {
			if all := routing.CallerNumbers(); !slices.Contains(all, n) {
				hint := diag.DidYouMean(strings.ToLower(n), all)
				if phone.IsE164(n) {
					hint = "a number of yours is known by calls.ownNumbers; the one that was called is when.called"
				}
				d.wrong(item(d, at+".number", i), codeChoice, n, hint, fmt.Sprintf("%s.number must be %s, not %s", at, either(all), quote(n)))
			}
		}
		for i, c := range t.Country {
			p := item(d, at+".country", i)
			d.checkCountry(p, c)
			if phone.KnownRegion(c) && !phone.Told(c) {
				d.problem(p, codeCountryTold, diag.Warning, len(c), "delete it",
					fmt.Sprintf("no caller is from %s: its numbers cannot be told from others with +%d", c, phone.CallingCode(c)))
			}
		}
	}
	for i, n := range w.Called {
		p := item(d, path+".called", i)
		if !d.checkNumber(p, n, dep) || slices.Contains(dep.Calls.Numbers, n) || d.skip("calls.numbers") || d.anyBadBelow("calls.numbers") {
			continue
		}
		hint := "add it there, or name one that is there"
		if ours, ok := dep.Number(n); ok {
			hint = fmt.Sprintf("write %q, which is the same line", ours)
		} else if near := diag.DidYouMean(n, dep.Calls.Numbers); near != "" {
			hint = near
		}
		d.wrong(p, codeCalled, n, hint, fmt.Sprintf("number %s is none of calls.numbers, so nobody can have called it", n))
	}
}
