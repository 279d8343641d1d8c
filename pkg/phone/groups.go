package phone

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// Groups are the ways in which people write the numbers of a country, as libphonenumber's
// metadata has them. Which way is right depends on the first digits; a text that is looked for
// may be in any, since the digits are the same.
type Groups struct {
	Code  string
	Trunk string        // what stands before a number at home, such as 0; empty where nothing does
	Of    map[int][]Way // by the digits of a national number
}

// A Way is one of writing a number: the digits of each group, and what stands before the first
// one at home, if anything does.
type Way struct {
	Trunk  string
	Groups []int
}

// MaxGroups is how many ways there are for one length at most; what metadata has beyond is rare.
const MaxGroups = 5

// groupForm is a group of a metadata pattern.
var groupForm = pattern.Of(`\(\\d(\{(\d+)(,(\d+))?\})?\)`)

// GroupsOf gives the ways of the main country of a calling code; none of an unknown code.
func GroupsOf(code string) Groups {
	g := Groups{Code: code, Of: map[int][]Way{}}
	all, err := phonenumbers.MetadataCollection()
	n, bad := strconv.Atoi(code)
	if err != nil || bad != nil {
		return g
	}
	main := phonenumbers.GetRegionCodeForCountryCode(n)
	i := slices.IndexFunc(all.Metadata, func(m *phonenumbers.PhoneMetadata) bool { return m.GetId() == main && int(m.GetCountryCode()) == n })
	if i < 0 {
		return g
	}
	m := all.Metadata[i]
	bare := strings.NewReplacer("(", "", ")", "", " ", "")
	for _, f := range slices.Concat(m.GetNumberFormat(), m.GetIntlNumberFormat()) {
		trunk := m.GetNationalPrefix()
		if !strings.HasPrefix(bare.Replace(f.GetNationalPrefixFormattingRule()), trunk+"$1") {
			trunk = ""
		}
		g.Trunk = cmp.Or(g.Trunk, trunk)
		least, most, ok := bounds(f.GetPattern(), f.GetFormat())
		if !ok {
			continue
		}
		for _, length := range lengthsOf(m.GetGeneralDesc().GetPossibleLength()).List() {
			groups := spread(least, most, length)
			if groups == nil || len(g.Of[length]) == MaxGroups || slices.ContainsFunc(g.Of[length], func(x Way) bool { return slices.Equal(x.Groups, groups) }) {
				continue
			}
			g.Of[length] = append(g.Of[length], Way{trunk, groups})
		}
	}
	return g
}

// bounds are the least and most digits of each group of a pattern; false for one group, and for
// a format that turns groups round, leaves one out or adds digits.
func bounds(pattern, format string) (least, most []int, ok bool) {
	found := groupForm().FindAllStringSubmatch(pattern, -1)
	whole, want := "", ""
	for i, m := range found {
		a, b := 1, 1
		if m[2] != "" {
			a, _ = strconv.Atoi(m[2])
			b = a
		}
		if m[4] != "" {
			b, _ = strconv.Atoi(m[4])
		}
		whole += m[0]
		least, most = append(least, a), append(most, b)
		want += "$" + strconv.Itoa(i+1)
	}
	return least, most, len(found) > 1 && whole == pattern && strings.NewReplacer(" ", "", "-", "", "/", "", ".", "", "(", "", ")", "").Replace(format) == want
}

// spread gives groups that have a number of digits together, the first ones as many as they can
// have; nil when there are none.
func spread(least, most []int, digits int) []int {
	out := slices.Clone(least)
	for _, n := range least {
		digits -= n
	}
	for i := range out {
		more := max(0, min(digits, most[i]-least[i]))
		out[i] += more
		digits -= more
	}
	if digits != 0 {
		return nil
	}
	return out
}
