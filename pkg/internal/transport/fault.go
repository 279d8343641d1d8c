package transport

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
)

// A FaultKind is a way in which a service can fail.
type FaultKind string

// The kinds of fault. A status has a body of the kind that stands in front of such a service;
// FaultHTML is a gateway's page with status 502.
const (
	FaultTimeout   FaultKind = "timeout"   // no answer ever comes
	FaultThrottled FaultKind = "429"       // over a limit
	FaultServer    FaultKind = "500"       // the service failed
	FaultHTML      FaultKind = "502"       // a gateway failed, in HTML
	FaultReset     FaultKind = "reset"     // the connection is cut
	FaultMalformed FaultKind = "malformed" // status 200 and half a JSON text
)

// FaultKinds lists the kinds in the order of the help text.
func FaultKinds() []FaultKind {
	return []FaultKind{FaultTimeout, FaultThrottled, FaultServer, FaultHTML, FaultReset, FaultMalformed}
}

// FaultLatency is how long a fault takes that is an answer.
const FaultLatency = 20 * time.Millisecond

// A Fault makes every request of an action fail in one way.
type Fault struct {
	Action string // empty: every action
	Kind   FaultKind
}

// ParseFault reads "KIND" or "ACTION=KIND".
func ParseFault(text string) (Fault, error) {
	f := Fault{Kind: FaultKind(text)}
	if i := strings.LastIndexByte(text, '='); i >= 0 {
		f = Fault{Action: strings.TrimSpace(text[:i]), Kind: FaultKind(text[i+1:])}
		if f.Action == "" {
			return Fault{}, fmt.Errorf("fault %q: no action before the equals sign", text)
		}
	}
	if !slices.Contains(FaultKinds(), f.Kind) {
		names := make([]string, 0, len(FaultKinds()))
		for _, k := range FaultKinds() {
			names = append(names, string(k))
		}
		return Fault{}, fmt.Errorf("fault %q: unknown kind %q, one of %s%s", text, f.Kind,
			strings.Join(names, ", "), hint(string(f.Kind), names))
	}
	return f, nil
}

func hint(name string, known []string) string {
	if h := diag.DidYouMean(name, known); h != "" {
		return "; " + h
	}
	return ""
}

// Matches reports whether f concerns an action of that name. Case, blanks and punctuation do not
// count and a part of the name is enough, so that "find-contact" names
// "acme-inbound find contact 1a2b3c4d".
func (f Fault) Matches(action string) bool {
	return strings.Contains(letters(action), letters(f.Action))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Inject fails the requests of the named actions without sending them; the first fault that
// matches counts. Time is stated, not spent.
func Inject(s dataaction.Sender, faults ...Fault) dataaction.Sender {
	if len(faults) == 0 {
		return s
	}
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		for _, f := range faults {
			if f.Matches(r.Action) {
				return f.answer(r)
			}
		}
		return s.Send(ctx, r)
	})
}

func (f Fault) answer(r dataaction.Request) (dataaction.Response, error) {
	status, kind, body := 200, "application/json;charset=utf-8", ""
	switch f.Kind {
	case FaultTimeout:
		t := timeoutOf(r)
		return dataaction.Response{Latency: t}, timeoutError(r, t)
	case FaultReset:
		return dataaction.Response{Latency: min(FaultLatency, timeoutOf(r))}, fmt.Errorf("%s: %w", describe(r), ErrReset)
	case FaultThrottled:
		status, body = 429, `{"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","policyName":"SECONDLY"}`
	case FaultServer:
		status, body = 500, `{"status":"error","message":"internal error"}`
	case FaultHTML:
		status, kind, body = 502, "text/html", "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
	case FaultMalformed:
		body = `{"total":1,"results":[{"id":"9000`
	}
	return dataaction.Response{
		Status:  status,
		Header:  map[string][]string{"Content-Type": {kind}},
		Body:    []byte(body),
		Latency: min(FaultLatency, timeoutOf(r)),
	}, nil
}
