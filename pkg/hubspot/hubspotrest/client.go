package hubspotrest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Options adjusts New.
type Options struct {
	BaseURL   string        // empty: hubspot.Host
	Version   string        // of the API; empty: hubspot.DefaultVersion
	Token     secret.Value  // service key or OAuth access token
	Agent     string        // the User-Agent; empty: Go's
	Secrets   *secret.Known // that no refusal may repeat, the token joins them; nil: only that
	Timeout   time.Duration // of one attempt; 0: 10 s
	NoRetries bool          // for measuring: one attempt each
	Searches  *rate.Limiter // nil: two a second
	Log       *slog.Logger  // nil: none

	Sleep func(context.Context, time.Duration) error // waits between attempts; nil waits for real
}

// A Client reads from one HubSpot account.
type Client struct {
	base     string
	paths    hubspot.PathSet
	token    secret.Value
	http     *http.Client
	secrets  *secret.Known
	searches *rate.Limiter

	mu    sync.Mutex
	daily Daily // of the last answer that told
	burst int
}

// A Daily is what of a day's requests the account has left, all keys together.
type Daily struct{ Limit, Remaining int }

// Daily tells what the last answer said in its headers; ok is false when none did. HubSpot: answers to
// OAuth tokens do not say it, and its own count of the day leaves service keys out.
func (c *Client) Daily() (d Daily, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.daily, c.daily.Limit > 0
}

// TenSeconds is how many requests in ten seconds HubSpot answers this key, searches not among them, as
// the last answer said that was none to a search; 0: none did.
func (c *Client) TenSeconds() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.burst
}

// mostBurst is far above what HubSpot sells: 250 in ten seconds, twice raised.
const mostBurst = 10_000

// note keeps what an answer says of limits.
func (c *Client) note(h http.Header) {
	read := func(name string) int {
		n, err := strconv.Atoi(h.Get("X-HubSpot-RateLimit-" + name))
		if err != nil {
			return -1
		}
		return n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if limit, left := read("Daily"), read("Daily-Remaining"); limit > 0 && left >= 0 {
		c.daily = Daily{limit, left}
	}
	if most := read("Max"); most > 0 && most <= mostBurst && read("Interval-Milliseconds") == 10_000 {
		c.burst = most
	}
}

// New makes a client. It does not connect.
func New(o Options) *Client {
	retries := 3
	if o.NoRetries {
		retries = 0
	}
	if o.Secrets == nil {
		o.Secrets = &secret.Known{}
	}
	o.Secrets.Add(o.Token)
	c := &Client{
		base:     strings.TrimSuffix(cmp.Or(o.BaseURL, hubspot.Host), "/"),
		paths:    hubspot.Paths(cmp.Or(o.Version, hubspot.DefaultVersion)),
		token:    o.Token,
		secrets:  o.Secrets,
		searches: o.Searches,
		http: transport.NewClient(transport.ClientOptions{
			Agent:   o.Agent,
			Timeout: cmp.Or(o.Timeout, 10*time.Second),
			Retries: retries,
			// HubSpot gives no Retry-After with a 429; its own client waits a second, then two.
			WaitMin:  time.Second,
			ReadOnly: true,
			Secrets:  o.Secrets,
			Log:      o.Log,
			Pause:    o.Sleep,
		}),
	}
	if c.searches == nil {
		c.searches = transport.NewLimiter(2, time.Second)
	}
	return c
}

// do sends a request and decodes the answer into out; anything but a 2xx is an *Error.
func (c *Client) do(ctx context.Context, op, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", op, transport.Bare(err))
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.send(op, req, out)
}

func (c *Client) send(op string, req *http.Request, out any) error {
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s: no answer from HubSpot: %w", op, transport.Bare(err))
	}
	defer func() { _ = resp.Body.Close() }()
	c.note(resp.Header)
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s: HubSpot's answer broke off: %w", op, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return errorOf(op, resp, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: HubSpot's answer is not the JSON that was expected (correlation id %s)", op, transport.Correlation(resp.Header))
	}
	return nil
}

// lacks is the error of an answer without a member that is relied on: a list that is not there is
// no empty one.
func lacks(op, member string) error {
	return fmt.Errorf("%s: HubSpot's answer has no %s", op, member)
}

// Pipelines reads the deal pipelines with their stages, without archived ones, in HubSpot's order.
func (c *Client) Pipelines(ctx context.Context) ([]hubspot.Pipeline, error) {
	var r struct {
		Results []struct {
			ID       string `json:"id"`
			Label    string `json:"label"`
			Archived bool   `json:"archived"`
			Stages   []struct {
				ID       string            `json:"id"`
				Label    string            `json:"label"`
				Archived bool              `json:"archived"`
				Metadata map[string]string `json:"metadata"`
			} `json:"stages"`
		} `json:"results"`
	}
	const op = "read the deal pipelines"
	if err := c.do(ctx, op, http.MethodGet, c.paths.Pipelines(), nil, &r); err != nil {
		return nil, err
	}
	if r.Results == nil {
		return nil, lacks(op, "results")
	}
	var out []hubspot.Pipeline
	for _, p := range r.Results {
		if p.Archived {
			continue
		}
		x := hubspot.Pipeline{ID: p.ID, Label: p.Label}
		for _, s := range p.Stages {
			if s.Archived {
				continue
			}
			closed := s.Metadata["isClosed"] == "true"
			x.Stages = append(x.Stages, hubspot.Stage{
				ID: s.ID, Label: s.Label, Closed: closed, Probability: s.Metadata["probability"],
				// HubSpot has no flag for it here: a closed stage is won when its probability is 1.
				Won: closed && isOne(s.Metadata["probability"]),
			})
		}
		out = append(out, x)
	}
	return out, nil
}

func isOne(text string) bool {
	return strings.HasPrefix(text, "1") && strings.Trim(text[1:], ".0") == ""
}

// An Account is the HubSpot account behind a key.
type Account struct {
	Portal       string // the number as text, as it stands in hubspot.portal
	Type         string // STANDARD, SANDBOX, DEVELOPER_TEST or APP_DEVELOPER
	Currency     string // the company currency
	TimeZone     string
	DataLocation string // such as na1

	AdditionalCurrencies []string // of deals, beside the company currency
}

// Account reads which account the key belongs to. Whether a service key may is undocumented.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var r struct {
		PortalID            json.Number `json:"portalId"`
		AccountType         string      `json:"accountType"`
		CompanyCurrency     string      `json:"companyCurrency"`
		TimeZone            string      `json:"timeZone"`
		DataHostingLocation string      `json:"dataHostingLocation"`
		Additional          []string    `json:"additionalCurrencies"`
	}
	const op = "read the account"
	if err := c.do(ctx, op, http.MethodGet, c.paths.Account(), nil, &r); err != nil {
		return Account{}, err
	}
	if r.PortalID == "" {
		return Account{}, lacks(op, "portalId")
	}
	return Account{
		Portal: r.PortalID.String(), Type: privacy.Said(r.AccountType), Currency: privacy.Said(r.CompanyCurrency), TimeZone: privacy.Said(r.TimeZone),
		DataLocation: privacy.Said(r.DataHostingLocation), AdditionalCurrencies: r.Additional,
	}, nil
}

// A WrongPortalError says that a key belongs to another account than the deployment's.
type WrongPortalError struct{ Want, Got string }

// Error names both accounts.
func (e *WrongPortalError) Error() string {
	return fmt.Sprintf("the HubSpot key belongs to portal %s, the deployment file pins portal %s", e.Got, e.Want)
}

// CheckPortal compares the key's account with the pinned one; an empty pin is no question. Account
// details are asked first, the token info where they are refused.
func (c *Client) CheckPortal(ctx context.Context, pin string) error {
	if pin == "" {
		return nil
	}
	got := ""
	if a, err := c.Account(ctx); err == nil {
		got = a.Portal
	} else {
		t, second := c.TokenInfo(ctx)
		if second != nil || t.Portal == "" {
			return err
		}
		got = t.Portal
	}
	if got != pin {
		return &WrongPortalError{Want: pin, Got: got}
	}
	return nil
}

// A DailyUsage is a daily limit and what is used of it.
type DailyUsage struct {
	Name     string
	Limit    int
	Used     int
	ResetsAt time.Time // zero: not told
}

// DailyUsage reads the daily limits of private apps. That service keys are part of it is
// undocumented.
func (c *Client) DailyUsage(ctx context.Context) ([]DailyUsage, error) {
	var r struct {
		Results []struct {
			Name         string `json:"name"`
			UsageLimit   int    `json:"usageLimit"`
			CurrentUsage int    `json:"currentUsage"`
			ResetsAt     string `json:"resetsAt"`
		} `json:"results"`
	}
	const op = "read the daily usage"
	if err := c.do(ctx, op, http.MethodGet, c.paths.DailyUsage(), nil, &r); err != nil {
		return nil, err
	}
	if r.Results == nil {
		return nil, lacks(op, "results")
	}
	var out []DailyUsage
	for _, x := range r.Results {
		at, _ := time.Parse(time.RFC3339, x.ResetsAt) // not told
		out = append(out, DailyUsage{Name: x.Name, Limit: x.UsageLimit, Used: x.CurrentUsage, ResetsAt: at})
	}
	return out, nil
}

// A Property is the definition of a property.
type Property struct {
	Name       string `json:"name"`
	Label      string `json:"label"`
	Type       string `json:"type"`
	FieldType  string `json:"fieldType"`
	Unique     bool   `json:"hasUniqueValue"`
	Calculated bool   `json:"calculated"`
	Hidden     bool   `json:"hidden"`
	Options    []struct {
		Label string `json:"label"`
		Value string `json:"value"`
	} `json:"options"` // of a select; HubSpot's own ones and others may state none
}

// Property reads the definition of a property of contacts or deals; one that does not exist is an
// error for which IsNotFound holds.
func (c *Client) Property(ctx context.Context, object, name string) (Property, error) {
	var p Property
	op := fmt.Sprintf("read property %q of %s", name, object)
	err := c.do(ctx, op, http.MethodGet, c.paths.Property(object, name), nil, &p)
	if err == nil && p.Name == "" {
		err = lacks(op, "name")
	}
	return p, err
}

// Validated reads whether HubSpot takes only numbers with a country code into a property of contacts,
// and keeps them in E.164. One read scope of contacts suffices.
func (c *Client) Validated(ctx context.Context, property string) (bool, error) {
	var r struct {
		Results []struct {
			Rule string `json:"ruleType"`
		} `json:"results"`
	}
	op := fmt.Sprintf("read the rules of property %q", property)
	if err := c.do(ctx, op, http.MethodGet, c.paths.Validations("contacts", property), nil, &r); err != nil {
		return false, err
	}
	if r.Results == nil {
		return false, lacks(op, "results")
	}
	for _, x := range r.Results {
		if x.Rule == "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE" {
			return true, nil
		}
	}
	return false, nil
}

// Properties reads the definitions of all properties of contacts or deals, without archived
// ones. HubSpot gives them in one answer, hundreds with the options of each. One read scope of
// the object suffices.
func (c *Client) Properties(ctx context.Context, object string) ([]Property, error) {
	var r struct {
		Results []Property `json:"results"`
	}
	op := "read the properties of " + object
	err := c.do(ctx, op, http.MethodGet, c.paths.Properties(object), nil, &r)
	if err == nil && r.Results == nil {
		err = lacks(op, "results")
	}
	return r.Results, err
}
