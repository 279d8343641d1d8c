package routing

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/phone"
)

// CallerOf says what the address of a caller is. A number without country code is read in
// home; own are the deployment's numbers in E.164, in every spelling.
func CallerOf(ani, home string, own []string) Caller {
	n, err := phone.Parse(ani, home)
	switch {
	case phone.Withheld(ani):
		return Caller{Number: NumberWithheld}
	case err != nil:
		return Caller{Number: NumberUnreadable}
	case slices.Contains(own, n.E164()):
		return Caller{Number: NumberOwn}
	}
	return Caller{Number: NumberUsable, Country: n.Region()}
}
