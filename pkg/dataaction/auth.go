package dataaction

import (
	"context"
	"fmt"
	"sync"

	"github.com/dealroute/dealroute/pkg/jsonpath"
)

// Auth is a custom auth action (credential type userDefinedOAuth) together with the result it
// keeps. It may be shared by all actions of an integration and by several goroutines.
//
// Genesys documents that the credentials go to the token endpoint once, so that the result is
// kept; how long it is, and that a 401 renews it, is undocumented for this type.
type Auth struct {
	Program *Program
	NoCache bool // run it before every call
	NoRetry bool // do not renew and retry once after a 401

	mu     sync.Mutex
	kept   bool
	result jsonpath.Value
}

// Held is what an auth action keeps at one moment, to be compared and put back. It holds a token.
type Held struct{ kept string } // JSON; empty for nothing

// Held tells what is kept.
func (a *Auth) Held() Held {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.kept {
		return Held{}
	}
	return Held{a.result.String()}
}

// Hold makes it keep what it kept at another moment.
func (a *Auth) Hold(h Held) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, err := jsonpath.Decode([]byte(h.kept))
	a.result, a.kept = v, err == nil
}

// Keep gives the auth action a result as if it had run. Values are those that decoding JSON gives.
func (a *Auth) Keep(result map[string]any) error {
	v, err := jsonpath.FromAny(result)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.result, a.kept = v, true
	return nil
}

// authenticate sets authResponse, and tells whether it was a kept one.
func (r *runner) authenticate(ctx context.Context, renew bool) (cached bool, _ *Error) {
	a := r.o.Auth
	if a == nil {
		return false, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	cached = a.kept && !renew && !a.NoCache
	if !cached {
		v, err := r.runAuth(ctx)
		if err != nil {
			a.kept = false
			return false, err
		}
		a.result, a.kept = v, true
	}
	r.vars["authResponse"] = a.result.ToAny()
	for _, m := range a.result.Members() {
		r.mask.addText(m.Value.Str())
	}
	return cached, nil
}

// runAuth runs the auth action. Its time is part of the action's.
func (r *runner) runAuth(ctx context.Context) (jsonpath.Value, *Error) {
	sub := &runner{p: r.o.Auth.Program, o: r.o, sender: r.sender, res: &Result{}, timeout: r.timeout - r.res.Elapsed, mask: r.mask}
	sub.o.Auth, sub.o.Memo, sub.o.Trace = nil, nil, false // nothing with a token in it is kept
	err := sub.run(ctx, nil)
	r.res.Requests += sub.res.Requests
	r.res.Elapsed += sub.res.Elapsed
	r.res.Findings = append(r.res.Findings, sub.res.Findings...)
	switch {
	case sub.res.TimedOut:
		r.res.TimedOut = true
		return jsonpath.Value{}, newError("AUTHENTICATION_REQUEST_TIMEOUT", 504, detailAuth, "", "The authentication endpoint did not answer in time.")
	case err != nil:
		e := newError("INVALID_CREDENTIALS", 400, detailAuth, "", "The authentication endpoint refused the credentials.")
		err.UserMessage = r.mask.text(err.UserMessage)
		e.Errors = []*Error{err}
		return jsonpath.Value{}, e
	}
	v, bad := jsonpath.Decode(sub.res.Final)
	if bad != nil || v.Kind() != jsonpath.Object {
		return jsonpath.Value{}, newError("INVALID_CREDENTIALS", 400, detailAuth, "", fmt.Sprintf("The auth action gave %s, not an object.", v.Kind()))
	}
	return v, nil
}
