package simulate_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// counted counts requests.
type counted struct {
	dataaction.Sender
	n *int
}

func (c counted) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	*c.n++
	return c.Sender.Send(ctx, r)
}

var anyone = []string{"+15135550142", "+15135550143", "+15135550146", "+15135550150", "+15135550190", "anonymous", "(513) 555-0151"}

// Calls with answers that are known end as without, ask HubSpot nothing twice, and get the very
// outputs again.
func TestKnownAnswers(t *testing.T) {
	l, call := basic(t)
	for _, of := range []struct {
		name    string
		sender  func(dataaction.Sender) dataaction.Sender
		account string
	}{
		{"plain", func(s dataaction.Sender) dataaction.Sender { return s }, ""},
		{"refused", func(s dataaction.Sender) dataaction.Sender {
			return transport.Inject(s, transport.Fault{Kind: transport.FaultThrottled})
		}, "429"},
		{"no answer", func(s dataaction.Sender) dataaction.Sender {
			return transport.Inject(s, transport.Fault{Action: "find-deals", Kind: transport.FaultTimeout})
		}, "timeout"},
	} {
		t.Run(of.name, func(t *testing.T) {
			answers, asked := simulate.NewAnswers(1000), 0
			var outputs [2][]*interp.Named
			one := func(ani string, known *simulate.Answers, round int) string {
				run := l.emulated(t, call.At) // a run for each, so that no breaker is open
				run.Sender = counted{of.sender(run.Sender), &asked}
				run.Answers, run.Account = known, of.account
				run.Watch = func(e *interp.Effect, o interp.Outcome) {
					if e.Kind == interp.EffectDataAction && len(o.Outputs) > 0 && known != nil {
						outputs[round] = append(outputs[round], &o.Outputs[0])
					}
				}
				c := call
				c.ANI = ani
				o, err := run.Do(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				actions := fmt.Sprintf("%+v", o.Actions)
				for i := range o.Actions { // the correlation id is that of the first time
					actions = strings.ReplaceAll(actions, o.Actions[i].Failure, "…")
				}
				return fmt.Sprintf("%s %v %s %v %v", said(o), o.Result.ParticipantData, actions, o.Waited, o.Requests)
			}
			for round := range 2 {
				for _, ani := range anyone {
					if want, got := one(ani, nil, round), one(ani, answers, round); got != want {
						t.Errorf("%s in round %d\n%s\nwithout known answers\n%s", ani, round, got, want)
					}
				}
				if round == 0 {
					asked = 0
				}
			}
			plain := asked
			if asked = 0; of.name == "plain" && len(outputs[0]) == 0 {
				t.Error("no action had outputs")
			}
			if !slices.Equal(outputs[0], outputs[1]) {
				t.Error("an answer came with other outputs the second time")
			}
			for _, ani := range anyone {
				one(ani, answers, 1)
			}
			if asked != 0 || plain == 0 {
				t.Errorf("%d requests with known answers, and %d without", asked, plain)
			}
		})
	}
}

// Another account, another reading and another flow are asked for themselves; a few answers are
// enough to give the right ones; runs at once get the same ones.
func TestAnswersAreOfOneAccount(t *testing.T) {
	l, call := basic(t)
	answers := simulate.NewAnswers(2)
	want := map[string]string{}
	one := func(ani, account string, known *simulate.Answers) string {
		run := l.emulated(t, call.At)
		if account == "500" {
			run.Sender = transport.Inject(run.Sender, transport.Fault{Kind: transport.FaultServer})
		}
		run.Answers, run.Account = known, account
		c := call
		c.ANI = ani
		o, err := run.Do(context.Background(), c)
		if err != nil {
			return err.Error()
		}
		return said(o)
	}
	for _, account := range []string{"", "500"} {
		for _, ani := range anyone {
			want[ani+account] = one(ani, account, nil)
		}
	}
	if want[anyone[0]] == want[anyone[0]+"500"] {
		t.Fatal("the fault changes nothing")
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 5 {
				for _, account := range []string{"", "500"} {
					for j := range anyone {
						ani := anyone[(i+j)%len(anyone)]
						if got := one(ani, account, answers); got != want[ani+account] {
							t.Errorf("%s of %q\n%s\nwant\n%s", ani, account, got, want[ani+account])
						}
					}
				}
			}
		})
	}
	all.Wait()
}

// A token that is asked for within an action is asked for by every run that has none.
func TestAnswersAndTokens(t *testing.T) {
	data, err := os.ReadFile("../../examples/minimal/dealroute.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l := rendered(t, strings.Replace(string(data), "hubspot: {", "hubspot: {auth: {method: oauth}, ", 1)).under(t, simulate.Readings{})
	const key = hubspottest.DefaultToken
	now := noon
	server := hubspottest.New(hubspot.CRM{}, hubspottest.Clock(func() time.Time { return now }), hubspottest.Virtual(), hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.Token(key), hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: key, ClientSecret: key, RefreshToken: key, Scopes: hubspottest.DefaultScopes()}))
	answers, asked := simulate.NewAnswers(100), 0
	for i, holds := range []string{"", "", key, key} {
		run := simulate.Run{Program: l.p, Org: l.newOrg(), Sender: counted{transport.Handler(server), &asked}, Answers: answers}
		if holds != "" {
			run.Token = secret.New(holds)
		}
		for j, want := range []int{2, 1} {
			if holds != "" {
				want = 1
			}
			o, err := run.Do(t.Context(), simulate.Call{ANI: "+15135550190", DNIS: called, At: noon})
			if err != nil || o.Outcome != "no_record" || o.Requests != want {
				t.Errorf("run %d, call %d: %v, %v", i, j, o, err)
			}
		}
	}
	if asked != 4 { // for a token and with it twice, and with the other token
		t.Errorf("%d requests", asked)
	}
}

// Callers whom nobody knows have one answer together, so that many more of them are kept than
// answers that differ; what the answers say is theirs all the same.
func TestAlikeAnswersAreOne(t *testing.T) {
	l, call := basic(t)
	answers, asked := simulate.NewAnswers(40), 0
	var outputs []*interp.Named
	run := l.emulated(t, call.At)
	run.Sender, run.Answers = counted{run.Sender, &asked}, answers
	run.Watch = func(e *interp.Effect, o interp.Outcome) {
		if e.Kind == interp.EffectDataAction && len(o.Outputs) > 0 && !slices.Contains(outputs, &o.Outputs[0]) {
			outputs = append(outputs, &o.Outputs[0])
		}
	}
	for round := range 2 {
		for i := range 200 {
			c := call
			c.ANI = fmt.Sprintf("+1513666%04d", i)
			o, err := run.Do(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if o.Outcome != "no_record" || o.Number != c.ANI || o.Requests != 1 {
				t.Fatalf("%s: %s, the flow's number is %s, %d requests", c.ANI, o.Outcome, o.Number, o.Requests)
			}
		}
		if asked != 200 {
			t.Errorf("%d requests after round %d of 200 strangers", asked, round+1)
		}
	}
	if len(outputs) != 1 {
		t.Errorf("%d different outputs for strangers", len(outputs))
	}
}
