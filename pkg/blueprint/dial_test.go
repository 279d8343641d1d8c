package blueprint_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/templates"
)

var numbersOf = flag.Int("numbers", 0, "random numbers of each form and country in TestTheFlowReadsEveryCountryAsPhoneDoes; 0 takes some texts of some countries")

// sampled is how many texts of a country are read when no numbers are asked for.
const sampled = 40

// singular are countries whose rules have no like.
var singular = []string{
	"AG", "AR", "AT", "AU", "BO", "BR", "BY", "CC", "CN", "CO", "CR", "CV", "CW", "DE", "FI", "FO", "GA", "GB", "GG", "HU", "ID", "IN", "IT", "JP", "KR", "KZ",
	"LI", "LT", "LU", "MG", "MU", "MX", "NF", "NG", "NL", "RU", "SG", "SM", "TR", "US", "UY", "WS",
}

// The flow of every country reads what package phone reads, however it is written: every
// country, every form, the library's examples of every type and random numbers.
//
// More of them: go test -run EveryCountry -numbers 4 ./pkg/blueprint
func TestTheFlowReadsEveryCountryAsPhoneDoes(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	d.HubSpot.Lookup.Match = "mixed"
	all := phone.Regions()
	texts, agreed, countries := 0, 0, 0
	wrong := map[string]int{}
	for i, region := range all {
		if *numbersOf == 0 && i%6 != 0 && !slices.Contains(singular, region) {
			continue
		}
		countries++
		d.HubSpot.Lookup.HomeCountries = []string{region, all[(i+7)%len(all)]}
		b, fs := blueprint.Render(d, templates.FS)
		if err := fs.Err(); err != nil {
			t.Fatalf("%s: %v", region, err)
		}
		for _, line := range strings.Split(b.Flow.Text, "\n") {
			if _, name, ok := strings.Cut(line, "ariable: {name: "); ok {
				if name, _, _ = strings.Cut(name, ","); strings.Count(b.Flow.Text, strings.Trim(name, `"`)) == 1 {
					t.Errorf("%s: nothing uses %s", region, name)
				}
			}
		}
		p, err := interp.Compile(b.Flow.Tree, interp.Options{Keep: []string{"Flow.Ani", "Flow.National"}})
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(uint64(i), 9))
		w := &writer{r: r, home: region, seen: map[string]bool{}}
		w.country(region, true)
		for range max(3, *numbersOf) {
			w.country(all[r.IntN(len(all))], false)
		}
		if *numbersOf == 0 {
			r.Shuffle(len(w.texts), func(i, j int) { w.texts[i], w.texts[j] = w.texts[j], w.texts[i] })
			w.texts = w.texts[:sampled]
		}
		w.junk()
		for _, text := range w.texts {
			want, national := "", ""
			if n, err := phone.Parse(text, region); err == nil {
				want = n.E164()
				for _, home := range d.HubSpot.Lookup.HomeCountries {
					if c := "+" + strconv.Itoa(phone.CallingCode(home)); strings.HasPrefix(want, c) {
						national = n.National()
					}
				}
			}
			texts++
			e164, nat := read(t, p, text)
			if e164 == want && nat == national {
				agreed++
				continue
			}
			if wrong[region]++; wrong[region] <= 3 {
				t.Errorf("%s: %q is read as %q (%q), want %q (%q)", region, text, e164, nat, want, national)
			}
		}
	}
	t.Logf("%d of %d texts agree in %d countries; others in %d", agreed, texts, countries, len(wrong))
}

// The flow has the other spellings of a number that package phone has, also in another home.
func TestTheFlowSpellsNumbersAsPhoneDoes(t *testing.T) {
	d := load(t, "../../examples/minimal/dealroute.yaml")
	spelled := 0
	for _, homes := range [][]string{{"BR", "MX", "AR"}, {"US"}} {
		d.HubSpot.Lookup.HomeCountries = homes
		b, fs := blueprint.Render(d, templates.FS)
		if err := fs.Err(); err != nil {
			t.Fatal(err)
		}
		p, err := interp.Compile(b.Flow.Tree, interp.Options{Keep: []string{"Flow.Ani", "Flow.Ani2", "Flow.Ani3", "Flow.National2", "Flow.National3"}})
		if err != nil {
			t.Fatal(err)
		}
		w := &writer{r: rand.New(rand.NewPCG(7, 8))}
		for _, c := range append(phone.Changes(), phone.Change{Code: "1", Digits: 10}, phone.Change{Code: "49", Digits: 10}) {
			for range 3 {
				number := "+" + c.Code + w.near(c.Begins, c.Digits)
				n, err := phone.Parse(number, homes[0])
				want := []string{"", "", "", "", ""}
				if err == nil {
					want[0] = n.E164()
					for i, v := range n.Variants() {
						spelled++
						want[1+i] = v.E164()
						if homes[0] == "BR" && c.Code != "1" && c.Code != "49" {
							want[3+i] = v.National()
						}
					}
				}
				if got := variables(t, p, number); !slices.Equal(got, want) {
					t.Errorf("%v: %s has %q, want %q", homes, number, got, want)
				}
			}
		}
	}
	if spelled < 100 {
		t.Errorf("only %d spellings", spelled)
	}
}

// A writer writes numbers in all the ways in which a caller may be shown at home.
type writer struct {
	r     *rand.Rand
	home  string
	texts []string
	seen  map[string]bool
}

func (w *writer) add(text string) {
	if !w.seen[text] {
		w.seen[text] = true
		w.texts = append(w.texts, text)
	}
}

// country writes numbers of a country: the library's example of each type, and random ones.
func (w *writer) country(region string, all bool) {
	rules, _ := phone.RulesOf(region)
	nsns := map[string]bool{}
	for typ := phonenumbers.FIXED_LINE; typ <= phonenumbers.VOICEMAIL; typ++ {
		if n := phonenumbers.GetExampleNumberForType(region, typ); n != nil {
			nsns[phonenumbers.GetNationalSignificantNumber(n)] = true
			if all {
				w.add(phonenumbers.Format(n, phonenumbers.INTERNATIONAL))
				w.add(phonenumbers.Format(n, phonenumbers.NATIONAL))
				w.add(phonenumbers.FormatOutOfCountryCallingNumber(n, w.home))
			}
		}
	}
	for range max(1, *numbersOf) {
		for _, f := range rules.Numbers {
			l := f.Lengths.List()
			nsns[w.near(f.Begins, l[w.r.IntN(len(l))])] = true
		}
		nsns[w.digits(4+w.r.IntN(10))] = true
		nsns[rules.Code+w.digits(3+w.r.IntN(8))] = true // a national number that begins like the country's code
	}
	list := make([]string, 0, len(nsns))
	for n := range nsns {
		list = append(list, n)
	}
	slices.Sort(list)
	if !all {
		list = list[:min(len(list), 3)]
	}
	for _, n := range list {
		w.forms(n, rules)
	}
}

func (w *writer) forms(n string, rules phone.Rules) {
	c := rules.Code
	trunks := []string{"0"}
	for i, p := range rules.Trunk {
		if i < 4 || w.r.IntN(len(rules.Trunk)) < 4 {
			trunks = append(trunks, w.near(p.Begins, len(p.Begins)))
		}
	}
	home, _ := phone.RulesOf(w.home)
	abroad := []string{"00", "011"}
	for i, p := range home.Abroad {
		if i < 3 || w.r.IntN(len(home.Abroad)) < 3 {
			abroad = append(abroad, w.near(p.Begins, len(p.Begins)))
		}
	}
	w.add("+" + c + n)
	w.add(w.spread("+" + c + " " + n))
	w.add(c + n)
	w.add(n)
	w.add(w.spread(n))
	for _, i := range abroad {
		w.add(i + c + n)
	}
	w.add("+" + abroad[0] + c + n)
	w.add(abroad[len(abroad)-1] + trunks[0] + n)
	for _, t := range trunks {
		w.add(t + n)
		w.add("+" + c + " (" + t + ")" + n)
		w.add(c + t + n)
		w.add(abroad[0] + c + t + n)
		w.add(trunks[0] + t + n)
	}
	w.add("tel:" + n + ";phone-context=+" + c)
	w.add("tel:" + trunks[len(trunks)-1] + n + ";ext=1;phone-context=+" + c)
	dressed := w.texts[len(w.texts)-1-w.r.IntN(12)]
	w.add(w.dress(dressed))
	w.add(w.dress("+" + c + n))
}

var dresses = []string{
	"tel:%s", "TEL:%s", "sip:%s@203.0.113.7", "sips:%s@pbx.example;user=phone", `"Ada L." <sip:%s@pbx.example>;tag=9`, "<tel:%s>;x=1", "tel:%s;ext=12",
	" %s ", "sip:%s@10.0.0.1:5060", "%s@10.0.0.1:5060", "tel:%s;phone-context=example.com", "tel:%s;phone-context=+", "Ada <%s>", "tel:%s;isub=1",
	"sip:%s;phone-context=+49@pbx.example", "mailto:%s", "%s;phone-context=+1-268", "x%s", "%sx", "%s:5060", "tel: %s", "%s>",
}

func (w *writer) dress(text string) string {
	if w.r.IntN(3) == 0 {
		text = w.escape(text)
	}
	return fmt.Sprintf(dresses[w.r.IntN(len(dresses))], text)
}

// escape writes some characters as SIP and tel may have them.
func (w *writer) escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '+' || c > 127 || w.r.IntN(5) == 0:
			fmt.Fprintf(&b, []string{"%%%02X", "%%%02x"}[w.r.IntN(2)], c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// spread puts between digits what people put there.
func (w *writer) spread(text string) string {
	var b strings.Builder
	between := []string{" ", "-", ".", "/", "\u00a0", "\u2011", ") ", " ("}
	for i, c := range text {
		if i > 1 && w.r.IntN(4) == 0 {
			b.WriteString(between[w.r.IntN(len(between))])
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (w *writer) junk() {
	for _, s := range []string{"", " ", "+", "tel:", "%", "%2", "%2B", "%%330", "%zz15135550142", "++15135550142", "+1+5135550142", "(+1)5135550142", "-+15135550142",
		"<>", "<sip:>", "tel:;phone-context=+15135550142", "tel:();phone-context=+15135550142", "tel:5550142;phone-context=+x", "tel:5135550142;phone%2Dcontext=%2B1", "anonymous", "555 0142", "1-800-FLOWERS", "+1513555014２"} {
		w.add(s)
	}
	w.add("+" + w.digits(5+w.r.IntN(14)))
	w.add("0" + w.digits(5+w.r.IntN(14)))
	w.add(w.digits(5 + w.r.IntN(14)))
}

// near draws n digits that fit the sets, or miss them in one place.
func (w *writer) near(sets []phone.Set, n int) string {
	b := []byte(w.digits(n))
	for i, d := range sets {
		for !d.Has(b[i]) {
			b[i] = byte('0' + w.r.IntN(10))
		}
	}
	if n > 0 && w.r.IntN(6) == 0 {
		b[w.r.IntN(n)] = byte('0' + w.r.IntN(10))
	}
	return string(b)
}

func (w *writer) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + w.r.IntN(10))
	}
	return string(b)
}
