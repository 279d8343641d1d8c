package phone_test

import (
	"slices"
	"testing"

	"github.com/dealroute/dealroute/pkg/phone"
)

// In these countries a number with the code and without the plus may be a national one, too;
// what Bare gives for them is a number that is read as another one, and nobody else has one.
func TestBare(t *testing.T) {
	want := []string{"AT", "CU", "DE", "FI", "ID", "IT", "MM", "SE", "XK", "ZA"}
	var got []string
	for _, region := range phone.Regions() {
		n, ok := phone.Bare(region)
		if !ok {
			continue
		}
		got = append(got, region)
		if again, _ := phone.Bare(region); again != n {
			t.Errorf("%s: %s, then %s", region, n, again)
		}
		if m, err := phone.Parse(n.E164(), region); err != nil || m != n || !n.Valid() || n.Region() != region {
			t.Errorf("%s: %s is read as %s with its plus, %v", region, n, m, err)
		}
		if m, err := phone.Parse(n.E164()[1:], region); err == nil && m == n {
			t.Errorf("%s: %s is read without its plus", region, n)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if n, ok := phone.Bare("ZZ"); ok {
		t.Errorf("ZZ has %s", n)
	}
}

func TestExample(t *testing.T) {
	for _, region := range phone.Regions() {
		n, ok := phone.Example(region)
		if ok && (n.Region() != region && n.CallingCode() != phone.CallingCode(region) || !n.Valid()) {
			t.Errorf("%s: %s of %s", region, n, n.Region())
		}
	}
	if n, ok := phone.Example("DE"); !ok || n.E164() != "+4915123456789" {
		t.Errorf("DE: %s", n)
	}
	if _, ok := phone.Example("ZZ"); ok {
		t.Error("ZZ has one")
	}
}
