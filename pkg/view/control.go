package view

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A SwitchAnswer is the answer of switch.
type SwitchAnswer struct {
	Schema    int    `json:"schema"`
	Org       Org    `json:"org"`
	Sandbox   bool   `json:"sandbox"`
	Changed   bool   `json:"changed"`
	Meanwhile int    `json:"writtenMeanwhile"` // how often somebody else wrote the row while it was written
	Switch    Switch `json:"switch"`
}

// A BreakerAnswer is the answer of breaker.
type BreakerAnswer struct {
	Schema    int     `json:"schema"`
	Org       Org     `json:"org"`
	Sandbox   bool    `json:"sandbox"`
	Changed   bool    `json:"changed"`
	Meanwhile int     `json:"writtenMeanwhile"`
	Breaker   Breaker `json:"breaker"`
}

// An Org is which org an answer is about.
type Org struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// NewOrg converts an identity.
func NewOrg(id genesys.Identity) Org { return Org{id.OrgID, id.OrgName} }

// A Switch says whether the flow asks HubSpot at all.
type Switch struct {
	State   string  `json:"state"`   // on, off
	Missing bool    `json:"missing"` // nobody has the row, which the flow takes for on
	Reason  *string `json:"reason"`
	By      *string `json:"by"` // as far as the row says
}

// A Breaker says whether the flow leaves HubSpot alone for a while.
type Breaker struct {
	State   string  `json:"state"`   // closed, open, none
	Missing bool    `json:"missing"` // nobody has the row, which the flow takes for closed
	Until   *string `json:"until"`   // while it is open
	Reason  *string `json:"reason"`
	By      *string `json:"by"`
}

// ByClient begins the reason of a row that was written without one: who wrote it.
const ByClient = "by client "

// said takes apart what the reason of a row says. flow is whether the flow writes the row, too,
// with the two reasons that it has.
func said(row map[string]any, flow bool) (reason, by *string) {
	s, _ := row["reason"].(string)
	s = privacy.Said(s)
	if who, ok := strings.CutPrefix(s, ByClient); ok {
		return nil, text(strings.TrimPrefix(ByClient, "by ") + who)
	}
	if flow && slices.Contains([]string{"failure", "timeout"}, s) {
		return text(s), text("the flow")
	}
	return text(s), nil
}

// A Token says whether calls may use the access token that is renewed outside.
type Token struct {
	State   string  `json:"state"`   // valid, expired, none
	Missing bool    `json:"missing"` // nobody has the row, which the flow takes for expired
	Until   *string `json:"until"`   // when calls end to use it, or ended; null where the row says no time
}

// NewToken reads the row as the flow does: what is missing or no time means expired.
func NewToken(row map[string]any, now time.Time) Token {
	t := Token{State: "expired", Missing: row == nil}
	said, _ := row[genesys.TokenExpiry].(string)
	if until, ok := simulate.Until(said); ok {
		t.Until = text(said)
		if now.Before(until) {
			t.State = "valid"
		}
	}
	return t
}

// NoToken is what a deployment has that renews none outside.
func NoToken() Token { return Token{State: "none"} }

// Line is a token in a sentence.
func (t Token) Line(now time.Time) string {
	const next = "; no call asks HubSpot before somebody runs dealroute token renew"
	switch {
	case t.State == "valid":
		until, _ := simulate.Until(*t.Until)
		return "may be used until " + *t.Until + " (" + until.Sub(now).Round(time.Second).String() + " to go)"
	case t.Missing:
		return "EXPIRED, for its row is missing" + next
	case t.Until == nil:
		return "EXPIRED, for its row says no time" + next
	}
	return "EXPIRED at " + *t.Until + next
}

// NewSwitch reads the row as the flow does: what is missing or no truth value means on.
func NewSwitch(row map[string]any) Switch {
	s := Switch{State: "on", Missing: row == nil}
	if on, is := row["enabled"].(bool); is && !on {
		s.State = "off"
	}
	s.Reason, s.By = said(row, false)
	return s
}

// NewBreaker reads the row as the flow does: what is missing or no time means closed.
func NewBreaker(row map[string]any, now time.Time) Breaker {
	b := Breaker{State: "closed", Missing: row == nil}
	until, _ := row["openUntil"].(string)
	if t, ok := simulate.Until(until); ok && now.Before(t) {
		b.State, b.Until = "open", text(until)
	}
	b.Reason, b.By = said(row, true)
	return b
}

// NoBreaker is what a deployment has that goes without.
func NoBreaker() Breaker { return Breaker{State: "none"} }

// Line is a switch in a sentence.
func (s Switch) Line() string {
	switch {
	case s.Missing:
		return "on   (its row is missing, which means on; setup makes it again)"
	case s.State == "off":
		return "OFF" + whyBy(s.Reason, s.By) + "; no call asks HubSpot"
	}
	return "on" + whyBy(s.Reason, s.By)
}

// Line is a breaker in a sentence.
func (b Breaker) Line(now time.Time) string {
	switch {
	case b.State == "none":
		return "none (enrichment.breaker: none)"
	case b.Missing:
		return "closed (its row is missing, which means closed; setup makes it again)"
	case b.State == "open":
		left := ""
		if t, ok := simulate.Until(*b.Until); ok {
			left = " (" + t.Sub(now).Round(time.Second).String() + " to go)"
		}
		return "OPEN until " + *b.Until + left + whyBy(b.Reason, b.By) + "; no call asks HubSpot"
	}
	return "closed" + lastly(b.Reason, b.By)
}

func whyBy(reason, by *string) string {
	var out string
	if reason != nil {
		out += ": " + *reason
	}
	if by != nil {
		out += ", by " + *by
	}
	return out
}

// lastly says what a closed breaker's row still tells: why it was open last.
func lastly(reason, by *string) string {
	if reason == nil && by == nil {
		return ""
	}
	return "; last written" + whyBy(reason, by)
}

// PrintSwitch writes it for a person.
func PrintSwitch(w io.Writer, a SwitchAnswer) error {
	return printControl(w, "switch", a.Switch.Line(), a.Org, a.Sandbox)
}

// PrintBreaker writes it for a person.
func PrintBreaker(w io.Writer, a BreakerAnswer, now time.Time) error {
	return printControl(w, "breaker", a.Breaker.Line(now), a.Org, a.Sandbox)
}

func printControl(w io.Writer, what, line string, o Org, sandbox bool) error {
	kind := ""
	if sandbox {
		kind = ", emulated"
	}
	_, err := diag.Fprintf(w, "%s %s   (org %q%s)\n", what, line, o.Name, kind)
	return err
}
