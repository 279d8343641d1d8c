package deployment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// A number of ours is one in every spelling that a numbering change left, and as a reader
// makes it of what the file says.
func TestOurNumbersInEverySpelling(t *testing.T) {
	for _, c := range []struct{ number, spellings string }{
		{"+5588987654321", "+5588987654321 +558887654321"},
		{"+558887654321", "+558887654321 +5588987654321"},
		{"+5215512345678", "+5215512345678 +525512345678"},
		{"+525512345678", "+525512345678 +5215512345678"},
		{"+5491123456789", "+5491123456789 +541123456789 +54111523456789"},
		{"+541123456789", "+541123456789 +5491123456789 +54111523456789"},
		{"+54111523456789", "+54111523456789 +5491123456789 +541123456789"},
		{"+4903023125142", "+4903023125142 +493023125142"},
		{"+551133334444", "+551133334444"},
		{"+15135550100", "+15135550100"},
	} {
		for _, list := range []string{"numbers", "ownNumbers"} {
			text := fmt.Sprintf("version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot: {lookup: {homeCountries: [US]}}\ncalls: {%s: [%q]}\nrouting: {fallback: {queue: Q}}\n", list, c.number)
			d, found := deployment.Parse("dealroute.yaml", []byte(text))
			if err := found.Err(); err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(c.spellings)
			if got := d.Own(); !slices.Equal(got, want) {
				t.Errorf("%s: %s is own as %q, want %q", list, c.number, got, want)
			}
			for _, s := range append(want, "tel:"+c.number, "+15135550199", "x") {
				got, ok := d.Number(s)
				is := list == "numbers" && s != "+15135550199" && s != "x"
				if ok != is || is && got != c.number {
					t.Errorf("%s: %s, called as %q, is %q, %v", list, c.number, s, got, ok)
				}
			}
		}
	}
}
