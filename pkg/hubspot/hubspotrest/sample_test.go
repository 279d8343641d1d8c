package hubspotrest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// crowd is an account with so many contacts that have a number, modified one minute after the other,
// and two for each ten of them without one: with a company that has a number, and with one that has none.
func crowd(n int) hubspot.CRM {
	crm := portal()
	crm.Contacts = nil
	crm.Companies = []hubspot.Company{{ID: "70", Properties: hubspot.Properties{"phone": hubspot.Text("+15135550100")}}, {ID: "71"}}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	add := func(ps hubspot.Properties) {
		i := len(crm.Contacts)
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: fmt.Sprint(100000 + i), Properties: ps, CreatedAt: from, UpdatedAt: from.Add(time.Duration(i) * time.Minute)})
	}
	for i := range n {
		ps := hubspot.Properties{"phone": hubspot.Text(fmt.Sprintf("513555%04d", i%10000))}
		if i >= 10000 {
			ps = hubspot.Properties{"mobilephone": hubspot.Text(fmt.Sprintf("+1513444%04d", i%10000))}
		}
		if i%3 == 0 {
			ps["phone_e164"] = hubspot.Text(fmt.Sprintf("+1513555%04d", i))
		}
		add(ps)
		if i%10 == 9 {
			add(hubspot.Properties{"associatedcompanyid": hubspot.Text("70")})
			add(hubspot.Properties{"associatedcompanyid": hubspot.Text("71")})
		}
	}
	return crm
}

func client(t *testing.T, crm hubspot.CRM, options ...hubspottest.Option) (*hubspotrest.Client, *hubspottest.Server) {
	t.Helper()
	s := hubspottest.New(crm, append(options, hubspottest.WithLimits(hubspottest.Limits{}))...)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Searches: rate.NewLimiter(rate.Inf, 1), NoRetries: true}), s
}

func number(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// A sample lies evenly over those who have a number, each once, with the counts of the whole account.
func TestSampleIsSpread(t *testing.T) {
	const all, size = 3000, 160
	c, server := client(t, crowd(all), hubspottest.Define("contacts", hubspottest.Property{Name: "phone_e164", Type: "string"}))
	var told []int
	s, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: size, Key: "phone_e164", Properties: []string{"phone_e164", "phone"}, Companies: true, Progress: func(n, of int) {
		if n > of {
			t.Errorf("%d of %d searches", n, of)
		}
		told = append(told, n)
	}})
	if err != nil || s.Drawn != hubspot.DrawnSpread || s.Frame != all || len(s.Contacts) != size || len(s.Notes) > 0 {
		t.Fatalf("%v: %s of %d, %d contacts, %v", err, s.Drawn, s.Frame, len(s.Contacts), s.Notes)
	}
	eighths, seen := map[int]int{}, map[string]bool{}
	for _, x := range s.Contacts {
		var id int
		if _, err := fmt.Sscan(x.ID, &id); err != nil || seen[x.ID] {
			t.Fatalf("contact %s twice: %v", x.ID, err)
		}
		seen[x.ID] = true
		eighths[(id-100000)*8/3600]++
		if _, ok := x.Properties[hubspot.PropCalcPhone]; !ok {
			t.Fatalf("contact %s comes without what HubSpot calculated: %v", x.ID, x.Properties)
		}
	}
	for i := range 8 {
		if eighths[i] < size/16 {
			t.Errorf("of eight parts of the account part %d has %d of %d contacts", i, eighths[i], size)
		}
	}
	got := []int{number(s.Counts.All), number(s.Counts.Numbered), number(s.Counts.Unkeyed), number(s.Counts.CompanyOnly), s.Unnumbered, number(s.ByCompany)}
	if want := []int{3600, 3000, 2000, 600, 100, 50}; !slices.Equal(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if !s.AllTwins || len(s.Twins) != 0 {
		t.Errorf("%d others have one of these numbers, all of them: %v", len(s.Twins), s.AllTwins)
	}
	if n := server.Count(hubspottest.ContactSearch); n != s.Searches || n > 16 || len(told) != n {
		t.Errorf("%d searches, told %d and %d times", n, s.Searches, len(told))
	}
}

// Everybody is read of a small account, and of a large one those that a search reaches.
func TestSampleOfSmallAndLargeAccounts(t *testing.T) {
	for n, want := range map[int]hubspot.Draw{0: hubspot.DrawnWhole, 1: hubspot.DrawnWhole, 40: hubspot.DrawnWhole, 41: hubspot.DrawnSpread, 10050: hubspot.DrawnSpread} {
		c, _ := client(t, crowd(n))
		s, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: 40})
		if err != nil || s.Drawn != want || len(s.Contacts) != min(40, n) || s.Frame != min(n, 10000) || s.ByCompany != nil || s.Counts.Unkeyed != nil {
			t.Errorf("of %d: %v, %s %d of %d", n, err, s.Drawn, len(s.Contacts), s.Frame)
		}
	}
	c, _ := client(t, crowd(1))
	for _, size := range []int{-1, 0, hubspotrest.MaxSample + 1} {
		if _, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: size}); err == nil {
			t.Errorf("a sample of %d was drawn", size)
		}
	}
}

// What HubSpot may refuse leaves a sample that says how it was drawn.
func TestSampleWithRefusals(t *testing.T) {
	assume := func(change func(*hubspottest.Assumptions)) hubspottest.Option { return hubspottest.Assume(change) }
	for name, c := range map[string]struct {
		option hubspottest.Option
		drawn  hubspot.Draw
		notes  string // in this order
		least  int
	}{
		"pages further down":            {assume(func(a *hubspottest.Assumptions) { a.AfterOnlyWholePages = true }), hubspot.DrawnRecent, "pages further down", 400},
		"the search":                    {hubspottest.Undefine("contacts", "mobilephone"), hubspot.DrawnOldest, "the oldest ones", 300},
		"filters by what is calculated": {assume(func(a *hubspottest.Assumptions) { a.CalculatedFilterable = false }), hubspot.DrawnSpread, "could not read", 400},
		"long lists":                    {assume(func(a *hubspottest.Assumptions) { a.LongListsRefused = true }), hubspot.DrawnSpread, "the same numbers", 400},
		"companies":                     {hubspottest.Token(hubspottest.DefaultToken, hubspottest.ScopeContacts), hubspot.DrawnSpread, "their company's", 400},
	} {
		t.Run(name, func(t *testing.T) {
			cl, _ := client(t, crowd(2000), c.option)
			s, err := cl.Sample(t.Context(), hubspotrest.SampleOptions{Size: 400, Companies: true})
			if err != nil || s.Drawn != c.drawn || len(s.Contacts) < c.least || len(s.Notes) != 1 || !strings.Contains(s.Notes[0], c.notes) {
				t.Errorf("%v: %s, %d contacts, %q", err, s.Drawn, len(s.Contacts), s.Notes)
			}
		})
	}
	// a property that the account does not have, and one that a contact alone has a number in
	lost := crowd(9)
	lost.Contacts = append(lost.Contacts, hubspot.Contact{ID: "7", Properties: hubspot.Properties{"caller_key": hubspot.Text("+15135550142")}})
	for name, want := range map[string]int{"caller_key": 10, "nobody_has_it": 9} {
		cl, _ := client(t, lost)
		s, err := cl.Sample(t.Context(), hubspotrest.SampleOptions{Size: 20, Key: name})
		if err != nil || len(s.Contacts) != want || s.Drawn != hubspot.DrawnWhole || (len(s.Notes) == 1) != (want == 9) {
			t.Errorf("%s: %v, %d contacts %s, %q", name, err, len(s.Contacts), s.Drawn, s.Notes)
		}
	}
	// a key that will not do, and an answer that is none, are errors
	cl, _ := client(t, crowd(10), hubspottest.Token("another"))
	if _, err := cl.Sample(t.Context(), hubspotrest.SampleOptions{Size: 5}); err == nil {
		t.Error("a key that HubSpot does not know drew a sample")
	}
	for _, body := range []string{`{}`, `{"total":1,"results":null}`, `{"results":`} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		o := hubspotrest.Options{BaseURL: srv.URL, Token: secret.New("k"), NoRetries: true}
		if s, err := hubspotrest.New(o).Sample(t.Context(), hubspotrest.SampleOptions{Size: 5}); err == nil {
			t.Errorf("%s: %+v", body, s)
		}
		srv.Close()
	}
}

// Whoever has the digits of a drawn number is found, in whatever form he has them; of digits that very
// many have not all can be read, and that is said.
func TestSampleFindsTwins(t *testing.T) {
	crm := crowd(500)
	for i, text := range []string{"(513) 555-0007", "+1 513 555 0007", "1-513-555-0008"} {
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: fmt.Sprint(900000 + i), Properties: hubspot.Properties{"mobilephone": hubspot.Text(text)}, UpdatedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
	}
	c, _ := client(t, crm)
	s, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: 500})
	if err != nil || len(s.Contacts)+len(s.Twins) != 503 || !s.AllTwins {
		t.Fatalf("%v: %d and %d contacts, all: %v", err, len(s.Contacts), len(s.Twins), s.AllTwins)
	}
	for i := range 450 {
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: fmt.Sprint(950000 + i), Properties: hubspot.Properties{"phone": hubspot.Text("5135550007")}, UpdatedAt: time.Date(2019, 1, 1, 0, 0, i, 0, time.UTC)})
	}
	c, server := client(t, crm)
	if s, err = c.Sample(t.Context(), hubspotrest.SampleOptions{Size: 300}); err != nil || s.AllTwins || len(s.Twins) < 100 {
		t.Errorf("%v: %d others, all: %v", err, len(s.Twins), s.AllTwins)
	}
	if n := server.Count(hubspottest.ContactSearch); n > 30 {
		t.Errorf("%d searches", n)
	}
	for _, l := range server.Requests() {
		if l.Method != http.MethodPost || strings.Contains(l.Path, "513") {
			t.Errorf("%s %s", l.Method, l.Path)
		}
	}
}

// A refusal that repeats the digits that were looked for does not get into a note.
func TestNotesOfASampleHaveNoNumbers(t *testing.T) {
	s := hubspottest.New(crowd(60), hubspottest.WithLimits(hubspottest.Limits{}))
	refused := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), `"IN"`) {
			refused++
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]any{"status": "error", "category": "VALIDATION_ERROR", "message": "Invalid value 5135550007 in " + string(body)})
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.ServeHTTP(w, r)
	}))
	defer srv.Close()
	c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Searches: rate.NewLimiter(rate.Inf, 1), NoRetries: true})
	got, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: 60})
	if err != nil || refused == 0 || len(got.Contacts) != 60 || got.AllTwins || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "the same numbers") || strings.Contains(got.Notes[0], "513555") {
		t.Errorf("%v: %d refused, %d contacts, %q", err, refused, len(got.Contacts), got.Notes)
	}
}
