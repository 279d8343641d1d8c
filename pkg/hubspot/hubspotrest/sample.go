package hubspotrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// SampleOptions say what of contacts Sample reads.
type SampleOptions struct {
	Size       int                  // how many contacts, 1 to MaxSample
	Properties []string             // beside numbers, what HubSpot calculates of them, and dates
	Key        string               // the property by which callers are known, in which a number stands, too; empty: there is none
	Companies  bool                 // also who has a company with a number and none of his own
	Progress   func(done, most int) // told how many searches there were; may be nil
}

// MaxSample is the largest sample.
const MaxSample = 2000

const (
	samplePages   = 8   // over which a sample is spread: contacts that were changed together are alike
	companyPage   = 100 // as many as a batch reads
	listPage      = 100 // HubSpot: the most of a list
	mostValues    = 100 // of one IN; HubSpot states no bound but that of the body
	twinLeast     = 5   // digits from which on others are looked for who have them, too
	twinLongest   = 15
	spareSearches = 6 // for digits that very many have
)

// sampled are the properties that every sample has.
func sampled() []string {
	return []string{
		hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone, hubspot.PropCalcMobile, hubspot.PropCalcCountry,
		hubspot.PropSearchPhone, hubspot.PropSearchMobile, hubspot.PropContactModified, hubspot.PropCreated, hubspot.PropPrimaryCompany,
	}
}

// A sampling is one on its way.
type sampling struct {
	c      *Client
	o      SampleOptions
	out    hubspot.Sample
	props  []string
	most   int // searches that it may take
	listed bool
}

// Sample reads contacts that have a number, and who else has the same digits. The contacts lie in pages
// that are spread evenly over those who have a number, by when they were modified, the 10,000 modified
// last at most: a search goes no further. Only searches and one batch read are made, 15 to 25 for some
// hundreds of contacts. Where HubSpot refuses such a search the first contacts of the list are read. What
// else is refused is a note.
func (c *Client) Sample(ctx context.Context, o SampleOptions) (hubspot.Sample, error) {
	s := &sampling{c: c, o: o, props: slices.Clone(sampled())}
	for _, p := range o.Properties {
		if p != "" && !slices.Contains(s.props, p) {
			s.props = append(s.props, p)
		}
	}
	if o.Size < 1 || o.Size > MaxSample {
		return s.out, fmt.Errorf("a sample has 1 to %d contacts, not %d", MaxSample, o.Size)
	}
	s.most = samplePages + 4 + o.Size/40
	if err := s.draw(ctx); err != nil {
		return s.out, err
	}
	if s.listed {
		return s.out, nil
	}
	for _, step := range []func(context.Context) error{s.count, s.companies, s.twins} {
		if err := step(ctx); err != nil {
			return s.out, err
		}
	}
	return s.out, nil
}

// note keeps what could not be read. Without a key, or without time, nothing else can be read, either.
func (s *sampling) note(ctx context.Context, what string, err error) error {
	var refused *Error
	if ctx.Err() != nil || !errors.As(err, &refused) || refused.RefusesKey() {
		return err
	}
	s.out.Notes = append(s.out.Notes, fmt.Sprintf("%s: %.300s", what, err.Error())) // a refusal may repeat the body
	return nil
}

func (s *sampling) search(ctx context.Context, r hubspot.SearchRequest) (Found, error) {
	s.out.Searches++
	f, err := s.c.Search(ctx, "contacts", r)
	if s.o.Progress != nil {
		s.o.Progress(s.out.Searches, max(s.most, s.out.Searches))
	}
	return f, err
}

func has(property string) hubspot.Filter {
	return hubspot.Filter{PropertyName: property, Operator: hubspot.HasProperty}
}

func hasNot(property string) hubspot.Filter {
	return hubspot.Filter{PropertyName: property, Operator: hubspot.NotHasProperty}
}

func groups(gs ...[]hubspot.Filter) (out []hubspot.FilterGroup) {
	for _, g := range gs {
		out = append(out, hubspot.FilterGroup{Filters: g})
	}
	return out
}

// newest is the order in which pages lie.
func newest() []hubspot.Sort {
	return []hubspot.Sort{{PropertyName: hubspot.PropContactModified, Direction: "DESCENDING"}}
}

// draw reads the contacts.
func (s *sampling) draw(ctx context.Context) error {
	size := min(hubspot.MaxSearchLimit, (s.o.Size+samplePages-1)/samplePages)
	pages := (s.o.Size + size - 1) / size
	numbered := groups([]hubspot.Filter{has(hubspot.PropPhone)}, []hubspot.Filter{has(hubspot.PropMobile)})
	r := hubspot.SearchRequest{FilterGroups: numbered, Properties: s.props, Sorts: newest(), Limit: size}
	if s.o.Key != "" {
		r.FilterGroups = append(slices.Clone(numbered), groups([]hubspot.Filter{has(s.o.Key)})...)
	}
	f, err := s.search(ctx, r)
	if status(err) == http.StatusBadRequest && s.o.Key != "" { // the property may be missing
		s.out.Notes = append(s.out.Notes, fmt.Sprintf("HubSpot refused to search by %s: %v", s.o.Key, err))
		s.o.Key, r.FilterGroups = "", numbered
		f, err = s.search(ctx, r)
	}
	if status(err) == http.StatusBadRequest {
		s.out.Notes = append(s.out.Notes, fmt.Sprintf("HubSpot refused the search for contacts with a number, so that these are the oldest ones: %v", err))
		return s.list(ctx)
	}
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	s.out.Contacts = take(s.out.Contacts, seen, f.Results)
	s.out.Counts.Numbered, s.out.Frame = &f.Total, min(f.Total, hubspot.MaxSearchResults)
	spread := s.out.Frame > s.o.Size
	s.out.Drawn = hubspot.DrawnSpread
	if !spread {
		s.out.Drawn = hubspot.DrawnWhole
	}
	next := nextOf(f)
	for i := 1; i < pages && (next != "" || spread); i++ {
		r.After = next
		if spread {
			r.After = strconv.Itoa(i * (s.out.Frame - size) / (pages - 1))
		}
		f, err := s.search(ctx, r)
		switch {
		case spread && status(err) == http.StatusBadRequest && r.After != next: // only what an answer gave goes, perhaps
			spread, s.out.Drawn = false, hubspot.DrawnRecent
			s.out.Notes = append(s.out.Notes, fmt.Sprintf("HubSpot refused pages further down, so that these are the contacts modified last: %v", err))
			i--
			continue
		case err != nil:
			return err
		}
		next = nextOf(f)
		s.out.Contacts = take(s.out.Contacts, seen, f.Results)
	}
	s.out.Contacts = s.out.Contacts[:min(len(s.out.Contacts), s.o.Size)]
	return nil
}

func nextOf(f Found) string {
	if f.Paging == nil || f.Paging.Next == nil {
		return ""
	}
	return f.Paging.Next.After
}

// take adds records that were not seen: pages overlap when somebody is modified in between.
func take(to []hubspot.Contact, seen map[string]bool, rs []hubspot.Record) []hubspot.Contact {
	for _, r := range rs {
		if r.ID != "" && !seen[r.ID] && !r.Archived {
			seen[r.ID] = true
			to = append(to, hubspot.Contact(r))
		}
	}
	return to
}

// list reads the first contacts of the account, and keeps those with a number.
func (s *sampling) list(ctx context.Context) error {
	s.listed, s.out.Drawn = true, hubspot.DrawnOldest
	seen := map[string]bool{}
	for after, read := "", 0; read < s.o.Size; {
		page, next, err := s.c.contactsPage(ctx, s.props, after, min(listPage, s.o.Size-read))
		if err != nil {
			return err
		}
		read += len(page)
		for _, r := range page {
			if slices.ContainsFunc([]string{hubspot.PropPhone, hubspot.PropMobile, s.o.Key}, func(p string) bool { _, ok := r.Properties.Get(p); return ok }) {
				s.out.Contacts = take(s.out.Contacts, seen, []hubspot.Record{r})
			}
		}
		if after = next; next == "" || len(page) == 0 {
			break
		}
	}
	s.out.Frame = len(s.out.Contacts)
	return nil
}

// contactsPage reads a page of all contacts, the oldest first, and what the next one begins with. Such a
// list takes no filter: HubSpot passes over parameters that it does not know.
func (c *Client) contactsPage(ctx context.Context, properties []string, after string, limit int) (page []hubspot.Record, next string, err error) {
	var r struct {
		Results []hubspot.Record `json:"results"`
		Paging  *hubspot.Paging  `json:"paging"`
	}
	q := url.Values{"limit": {strconv.Itoa(limit)}, "archived": {"false"}, "properties": {strings.Join(properties, ",")}}
	if after != "" {
		q.Set("after", after)
	}
	const op = "read contacts"
	if err := c.do(ctx, op, http.MethodGet, c.paths.Contacts()+"?"+q.Encode(), nil, &r); err != nil {
		return nil, "", err
	}
	if r.Results == nil {
		return nil, "", lacks(op, "results")
	}
	return r.Results, nextOf(Found{SearchReply: hubspot.SearchReply{Paging: r.Paging}}), nil
}

// count asks how many there are of some kinds of contacts, of all in the account.
func (s *sampling) count(ctx context.Context) error {
	for _, q := range []struct {
		what   string
		into   **int
		groups []hubspot.FilterGroup
		no     bool
	}{
		{what: "how many contacts there are", into: &s.out.Counts.All},
		{what: "how many numbers HubSpot could not read", into: &s.out.Counts.Uncalculated, groups: groups(
			[]hubspot.Filter{has(hubspot.PropPhone), hasNot(hubspot.PropCalcPhone)},
			[]hubspot.Filter{has(hubspot.PropMobile), hasNot(hubspot.PropCalcMobile)})},
		{what: "how many contacts have nothing in " + s.o.Key, into: &s.out.Counts.Unkeyed, no: s.o.Key == "", groups: groups(
			[]hubspot.Filter{has(hubspot.PropPhone), hasNot(s.o.Key)},
			[]hubspot.Filter{has(hubspot.PropMobile), hasNot(s.o.Key)})},
	} {
		if q.no {
			continue
		}
		f, err := s.search(ctx, hubspot.SearchRequest{FilterGroups: q.groups, Limit: 1})
		if err != nil {
			if err := s.note(ctx, q.what, err); err != nil {
				return err
			}
			continue
		}
		*q.into = &f.Total
	}
	return nil
}

// companies asks of contacts without a number whether their company has one.
func (s *sampling) companies(ctx context.Context) error {
	const what = "contacts whose number is their company's"
	f, err := s.search(ctx, hubspot.SearchRequest{
		FilterGroups: groups([]hubspot.Filter{hasNot(hubspot.PropPhone), hasNot(hubspot.PropMobile), has(hubspot.PropPrimaryCompany)}),
		Properties:   []string{hubspot.PropPrimaryCompany}, Sorts: newest(), Limit: companyPage,
	})
	if err != nil {
		return s.note(ctx, what, err)
	}
	s.out.Counts.CompanyOnly = &f.Total
	members := map[string]int{}
	for _, r := range f.Results {
		if id, ok := r.Properties.Get(hubspot.PropPrimaryCompany); ok {
			members[id]++
			s.out.Unnumbered++
		}
	}
	if !s.o.Companies || len(members) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(members))
	companies, err := s.c.companiesByID(ctx, ids)
	if err != nil {
		return s.note(ctx, what, err)
	}
	n := 0
	for _, r := range companies {
		if _, ok := r.Properties.Get(hubspot.PropPhone); ok {
			n += members[r.ID]
		}
	}
	s.out.ByCompany = &n
	return nil
}

// companiesByID reads companies with their numbers, at most as many as a batch takes. Ids that HubSpot
// does not know are left out.
func (c *Client) companiesByID(ctx context.Context, ids []string) ([]hubspot.Record, error) {
	type input struct {
		ID string `json:"id"`
	}
	in := struct {
		Inputs     []input  `json:"inputs"`
		Properties []string `json:"properties"`
		History    []string `json:"propertiesWithHistory"`
	}{Properties: []string{hubspot.PropPhone}, History: []string{}}
	for _, id := range ids {
		in.Inputs = append(in.Inputs, input{id})
	}
	var r struct {
		Results []hubspot.Record `json:"results"`
	}
	const op = "read companies"
	err := c.do(ctx, op, http.MethodPost, c.paths.CompanyBatch(), in, &r)
	if err == nil && r.Results == nil {
		err = lacks(op, "results")
	}
	return r.Results, err
}

// twins looks for everybody else who has the digits of a number of those drawn, many digits in one
// search. Other spellings of a line are not looked for.
func (s *sampling) twins(ctx context.Context) error {
	seen, digits := map[string]bool{}, map[string]bool{}
	for _, c := range s.out.Contacts {
		seen[c.ID] = true
		for _, p := range []string{hubspot.PropSearchPhone, hubspot.PropSearchMobile} {
			if v, ok := c.Properties.Get(p); ok && len(v) >= twinLeast && len(v) <= twinLongest && strings.Trim(v, "0123456789") == "" {
				digits[v] = true
			}
		}
	}
	queue := s.bodies(slices.Sorted(maps.Keys(digits)))
	s.most = s.out.Searches + len(queue)
	left := len(queue) + spareSearches
	s.out.AllTwins = true
	for len(queue) > 0 {
		values := queue[0]
		queue = queue[1:]
		if left--; left < 0 {
			s.out.AllTwins = false
			break
		}
		f, err := s.search(ctx, s.sharing(values))
		if err != nil {
			s.out.AllTwins = false
			return s.note(ctx, "who else has the same numbers", err)
		}
		s.out.Twins = take(s.out.Twins, seen, f.Results)
		switch half := len(values) / 2; {
		case f.Total <= len(f.Results):
		case half == 0:
			s.out.AllTwins = false
		default:
			queue = append(queue, values[:half], values[half:])
		}
	}
	return nil
}

// sharing searches contacts that have one of these digits.
func (s *sampling) sharing(values []string) hubspot.SearchRequest {
	in := func(p string) []hubspot.Filter {
		return []hubspot.Filter{{PropertyName: p, Operator: hubspot.In, Values: values}}
	}
	return hubspot.SearchRequest{
		FilterGroups: groups(in(hubspot.PropSearchPhone), in(hubspot.PropSearchMobile)),
		Properties:   s.props, Sorts: newest(), Limit: hubspot.MaxSearchLimit,
	}
}

// bodies parts values into as many as the body of a search takes.
func (s *sampling) bodies(values []string) (out [][]string) {
	empty, err := json.Marshal(s.sharing(nil))
	if err != nil { // of texts and numbers; it cannot be
		return nil
	}
	const spare = 50 // for the lists' own brackets and names
	room := hubspot.MaxSearchBody - len(empty) - spare
	var part []string
	for used := 0; len(values) > 0; values = values[1:] {
		need := 2 * (len(values[0]) + len(`"",`))
		if len(part) > 0 && (used+need > room || len(part) == mostValues) {
			out, part, used = append(out, part), nil, 0
		}
		part = append(part, values[0])
		used += need
	}
	if len(part) > 0 {
		out = append(out, part)
	}
	return out
}
