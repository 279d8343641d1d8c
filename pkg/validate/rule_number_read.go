package validate

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/phone"
)

func ruleNumberRead() Rule {
	return Rule{
		Code: "DR-READ-001", Severity: diag.Info,
		Title: "a form in which a caller's number is read as another one, or not at all",
		Text: "A number with a plus is read the same everywhere. Without one it is a number of the first home country, by the numbering plan that libphonenumber publishes: its own code in front is taken off " +
			"where the whole is no number of that country, which in some (Germany, Austria, Sweden, Indonesia …) it may be; the code of another country is not seen; 00 is an international prefix only where people dial it; " +
			"and national numbers of fewer than 7 digits are taken for extensions. Nobody is asked about such a caller, or HubSpot is asked about somebody else. Let the carrier send callers in E.164, with the plus; " +
			"`simulate --ani` shows how a text is read. Nothing is to be done when it does.",
		check: func(c *check) {
			home := c.d.HubSpot.Lookup.HomeCountries
			first := home[0]
			at := func(i int, format string, args ...any) {
				c.at(item("hubspot.lookup.homeCountries", i), home[i], "let the carrier send callers with a plus (E.164), and try one with simulate --ani", format, args...)
			}
			if n, ok := phone.Bare(first); ok {
				at(0, "with the code of %s and no plus, a number may be a national one, too: %s", first, readAs(n.E164()[1:], first))
			}
			if n, ok := phone.Example(first); ok {
				national := n.E164()[1+len(strconv.Itoa(n.CallingCode())):]
				if _, err := phone.Parse(national, first); errors.Is(err, phone.ErrShort) {
					at(0, "national numbers of %s have fewer than 7 digits: %s", first, readAs(national, first))
				}
			}
			type unseen struct {
				i          int
				home, what string
			}
			var all []unseen
			seen := map[int]bool{phone.CallingCode(first): true}
			for i, h := range home {
				n, ok := phone.Example(h)
				if !ok || seen[phone.CallingCode(h)] {
					continue
				}
				seen[phone.CallingCode(h)] = true
				digits := n.E164()[1:]
				var odd []string
				for _, form := range []string{digits, "00" + digits} {
					if m, err := phone.Parse(form, first); err != nil || m.E164() != n.E164() {
						odd = append(odd, readAs(form, first))
					}
				}
				if odd != nil {
					all = append(all, unseen{i, h, listed(odd)})
				}
			}
			likewise := ""
			if len(all) > 5 { // a note each would bury the others
				var rest []string
				for _, u := range all[1:] {
					rest = append(rest, u.home)
				}
				all, likewise = all[:1], "; likewise those of "+listed(rest)
			}
			for _, u := range all {
				at(u.i, "without the plus, the code of %s is not seen in %s: %s%s", u.home, first, u.what, likewise)
			}
		},
	}
}

// readAs says how a text is read in a country.
func readAs(text, home string) string {
	n, err := phone.Parse(text, home)
	if err != nil {
		return text + " is not read"
	}
	return fmt.Sprintf("%s is read as %s", text, n.E164())
}
