package phone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/phone"
)

func TestGroupsOf(t *testing.T) {
	for code, want := range map[string]string{
		"1":  ` 10=[{ [3 3 4]}]`,
		"44": `0 9=[{0 [3 6]} {0 [5 4]} {0 [4 5]}] 10=[{0 [5 5]} {0 [4 6]} {0 [2 4 4]} {0 [3 3 4]}]`,
		"33": `0 9=[{0 [3 2 2 2]} {0 [1 2 2 2 2]}]`,
		"39": ` 10=[{ [4 6]} { [2 4 4]} { [3 3 4]}]`,
		"55": `0 9=[{0 [3 2 4]} { [5 4]}] 10=[{0 [3 3 4]} { [2 4 4]}]`, // most are written without the 0
		"0":  ``, "x": ``,
	} {
		g := phone.GroupsOf(code)
		got := g.Trunk
		for _, n := range []int{9, 10} {
			if len(g.Of[n]) > 0 && (code != "39" || n == 10) {
				got += fmt.Sprintf(" %d=%v", n, g.Of[n])
			}
		}
		if got != want {
			t.Errorf("+%s: %s, want %s", code, got, want)
		}
	}
}

// As libphonenumber itself writes a number is one of the ways, for an example of each country
// of which a number has groups.
func TestGroupsHaveTheUsualWay(t *testing.T) {
	for _, region := range phone.Regions() {
		n, ok := phone.Example(region)
		if !ok {
			continue
		}
		p, err := phonenumbers.Parse(n.E164(), region)
		if err != nil {
			t.Fatal(err)
		}
		code := fmt.Sprint(n.CallingCode())
		g := phone.GroupsOf(code)
		var groups []int
		for _, part := range strings.FieldsFunc(strings.TrimPrefix(phonenumbers.Format(p, phonenumbers.INTERNATIONAL), "+"+code), func(r rune) bool { return r < '0' || r > '9' }) {
			groups = append(groups, len(part))
		}
		length := len(phonenumbers.GetNationalSignificantNumber(p))
		sum := 0
		for _, n := range groups {
			sum += n
		}
		if len(groups) < 2 || sum != length {
			continue
		}
		if !slices.ContainsFunc(g.Of[length], func(x phone.Way) bool { return slices.Equal(x.Groups, groups) }) {
			t.Errorf("%s %s: %v is not among %v", region, n, groups, g.Of[length])
		}
	}
}
