package phone_test

import (
	"slices"
	"testing"

	"github.com/dealroute/dealroute/pkg/phone"
)

func TestVariants(t *testing.T) {
	for number, want := range map[string][]string{
		"+5588987654321": {"+558887654321 8887654321"}, "+558887654321": {"+5588987654321 88987654321"},
		"+5511961234567": {"+551161234567 1161234567"},
		"+551133334444":  nil, "+5511933334444": nil, // a fixed line is no mobile
		"+5215512345678": {"+525512345678 5512345678"}, "+525512345678": {"+5215512345678 15512345678"},
		"+5491123456789": {"+541123456789 1123456789", "+54111523456789 111523456789"},
		"+541123456789":  {"+5491123456789 91123456789", "+54111523456789 111523456789"},
		"+5493434551212": {"+543434551212 3434551212", "+54343154551212 343154551212"},
		"+5492901551234": {"+542901551234 2901551234", "+54290115551234 290115551234"},
		"+15135550142":   nil, "+442079460142": nil, "+390612345678": nil,
	} {
		n, err := phone.Parse(number, "US")
		if err != nil {
			t.Errorf("%s: %v", number, err)
			continue
		}
		var got []string
		for _, v := range n.Variants() {
			got = append(got, v.E164()+" "+v.National())
			if !slices.ContainsFunc(v.Variants(), func(x phone.Number) bool { return x.E164() == n.E164() }) && len(v.E164()) < 15 {
				t.Errorf("%s has %s, which has not the first", n, v)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
	if v := (phone.Number{}).Variants(); v != nil {
		t.Errorf("no number has %v", v)
	}
}
