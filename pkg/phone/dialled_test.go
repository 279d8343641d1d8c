package phone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/phone"
)

func TestDialled(t *testing.T) {
	for _, c := range []struct{ number, home, want string }{
		{"+15135550100", "US", "[+15135550100 15135550100 5135550100]"},
		{"+15135550100", "DE", "[+15135550100 15135550100]"},
		{"+493023125100", "DE", "[+493023125100 493023125100 3023125100 03023125100]"},
		{"+390612345678", "IT", "[+390612345678 390612345678 0612345678]"},
		{"+525512345678", "MX", "[+525512345678 525512345678 5512345678]"},
		{"+14165550123", "CA", "[+14165550123 14165550123 4165550123]"},
	} {
		n, err := phone.Parse(c.number, c.home)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(n.Dialled(c.home)); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.number, c.home, got, c.want)
		}
	}
	if got := (phone.Number{}).Dialled("US"); got != nil {
		t.Errorf("no number: %q", got)
	}
}

// A dialled text is that number to the reader of its country, in whatever address it stands;
// the digits without plus are that alone, which a country may read as another number.
func TestDialledIsRead(t *testing.T) {
	most := 0
	for _, home := range phone.Regions() {
		n, ok := phone.Example(home)
		if !ok {
			continue
		}
		forms := n.Dialled(home)
		most = max(most, len(forms))
		if len(forms) == 0 || forms[0] != n.E164() {
			t.Errorf("%s: %q", home, forms)
		}
		for _, f := range forms {
			for _, address := range []string{f, "tel:" + f, "sip:" + f + "@203.0.113.7", "SIP:" + f + ";npdi@Trunk.example;user=phone", `"Acme" <sips:` + f + `@pbx.example>`, strings.Replace("sip:"+f+"@x", "+", "%2B", 1)} {
				if got := phone.Address(address); !slices.Contains(forms, got) {
					t.Errorf("%s: %q is %q", home, address, got)
				}
				if p, err := phone.Parse(address, home); f != forms[1] && (err != nil || p.E164() != n.E164()) {
					t.Errorf("%s: %q is read as %s, %v", home, address, p, err)
				}
			}
		}
	}
	if most != 4 {
		t.Errorf("%d forms at most", most)
	}
	for _, none := range []string{"", "anonymous", "sip:anonymous@x"} {
		if got := phone.Address(none); got != "" {
			t.Errorf("%q is %q", none, got)
		}
	}
}
