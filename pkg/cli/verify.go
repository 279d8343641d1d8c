package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
)

// A verifier sends callers through what a setup has made, as it is read back from the org. It only
// reads: what a call writes is kept in memory.
type verifier struct {
	env    session
	loaded *loaded
	print  *blueprint.Blueprint
	target *org
	ani    string // of somebody whom HubSpot is asked for; empty: nobody
	result *view.Verification

	callers func() (*prove.Callers, error)
}

// newVerifier looks for callers when it is first asked for them.
func newVerifier(env session, l *loaded, b *blueprint.Blueprint, target *org, ani string) *verifier {
	v := &verifier{env: env, loaded: l, print: b, target: target, ani: ani}
	v.callers = sync.OnceValues(func() (*prove.Callers, error) {
		d := l.deployment
		return prove.CallersOf(prove.Input{
			Deployment: d, Blueprint: b, Now: env.Now().UTC(), HubSpot: provedAccount(d), Key: secret.New(hubspottest.DefaultToken),
		})
	})
	return v
}

// mode reads the value of --verify.
func verifyMode(value, ani string) (on bool, err error) {
	switch {
	case value == "off" && ani != "":
		return false, fail(errors.New("--verify=off and --verify-ani exclude each other"), "leave out the one that you do not mean")
	case ani != "":
		if !simulate.Shown(ani) {
			return false, fail(errors.New("--verify-ani has a word that is no number and no address"), "give a number, tel: or sip: with an address, or anonymous")
		}
		return true, nil
	}
	return value == "on", nil
}

// verify is what the engine calls when all is there. Each call is told; one that does not end as the
// policy says ends the setup.
func (v *verifier) verify(ctx context.Context, ids genesys.IDs) error {
	at, err := v.located(ids)
	if err != nil {
		return err
	}
	artifacts, state, err := readLocated(ctx, v.target, v.print, secret.New(hubspottest.DefaultToken), at)
	if f := (*failure)(nil); errors.As(err, &f) && len(f.findings) > 0 {
		return v.no(fmt.Errorf("what is published cannot be read: %w", err))
	}
	if err != nil {
		return err
	}
	d := v.loaded.deployment
	crm, err := sandboxCRM(v.loaded) // the fixtures beside the file, if there are any
	if err != nil {
		crm = hubspot.CRM{}
	}
	callers, err := v.callers()
	if err != nil {
		return err
	}
	tried, notes, err := callers.Through(ctx, prove.Published{Artifacts: artifacts, Rows: state.Rows}, crm)
	if err != nil {
		return v.no(fmt.Errorf("what is published cannot be run: %w", err))
	}
	mask := privacy.New(privacy.Options{Deployment: d, Names: blueprint.PersonalNames(d)})
	takes := takes(d)
	v.result = view.NewVerification()
	for _, t := range tried {
		if t.Call != nil {
			mask.Caller(t.Call.Call.ANI)
			t.Call.FallbackQueue, t.Call.FallbackSkills = takes(t.Rule)
		}
		v.result.Add(t, mask)
	}
	for _, n := range notes {
		v.result.Notes = append(v.result.Notes, mask.Text(n))
	}
	if v.ani != "" {
		if err := v.live(ctx, artifacts, state); err != nil {
			return err
		}
	}
	if bad := v.result.Bad(); bad != "" {
		return v.no(errors.New(bad))
	}
	return nil
}

// no is the answer that what is published is not what the policy says.
func (v *verifier) no(err error) error {
	return &failure{finding: diag.Finding{
		Message: inWords(err),
		Hint:    `look at it with "dealroute simulate --flow deployed" and "dealroute plan": somebody may have published something else meanwhile; then run setup again. --verify=off goes on without`,
	}, cause: err, no: true}
}

// located is where the engine has put what it made; lists would show it late.
func (v *verifier) located(ids genesys.IDs) (at location, err error) {
	at = location{tables: map[string]string{}, fresh: true}
	id := func(k genesys.Key) string {
		got, ok := ids(genesys.Ref{Key: k, Field: "id"})
		if !ok && err == nil {
			err = fmt.Errorf("the id of %s is not known", k)
		}
		return got
	}
	for _, e := range v.print.Entities {
		switch {
		case e.Key.Kind == genesys.Flow && e.Holding == genesys.Owned:
			at.flow = id(e.Key)
		case e.Key.Kind == genesys.DataTable:
			at.tables[e.Key.Name] = id(e.Key)
		}
	}
	for _, x := range v.print.Actions {
		at.actions = append(at.actions, genesys.Object{ID: id(x.Key), Body: map[string]any{
			"name": x.Key.Name, "category": x.Category, "integrationId": id(genesys.Key{Kind: genesys.Integration, Name: x.Category}),
		}})
	}
	return at, err
}

// live asks HubSpot itself for a number. What it knows of the caller is its own matter, so the call
// must only come to a target, and the lookup must not fail.
func (v *verifier) live(ctx context.Context, artifacts simulate.Artifacts, state *simulate.Org) error {
	key, err := v.target.bearer(ctx, v.env, v.loaded.deployment)
	if err != nil {
		return err
	}
	for i, a := range artifacts.Actions {
		if a.HubSpot {
			artifacts.Actions[i].Credentials = v.print.HubSpotCredential(key)
		}
	}
	program, err := simulate.Prepare(artifacts, simulate.Readings{})
	if err != nil {
		return v.no(err)
	}
	d := v.loaded.deployment
	mask := privacy.New(privacy.Options{Deployment: d, Names: blueprint.PersonalNames(d), Live: true})
	mask.Caller(v.ani)
	sender := transport.ReadOnlySender(transport.To(v.target.crm, transport.NewHTTP(transport.HTTPOptions{})))
	run := &simulate.Run{
		Program: program, Org: state, Trace: interp.TracePath, Takes: takes(d), Real: true, Token: key,
		Sender: transport.LogSender(mask.Listen(sender), v.env.log()),
	}
	dnis := ""
	if n := d.Calls.Numbers; len(n) > 0 {
		dnis = n[0]
	}
	o, err := run.Do(ctx, simulate.Call{ANI: v.ani, DNIS: dnis, At: v.env.Now().UTC()})
	if err != nil {
		return v.no(err)
	}
	t := prove.Tried{Rule: o.Rule, Call: o}
	if e := o.Result.Ending; e != interp.EndQueue && e != interp.EndFlow && o.Reason != routing.ReasonSchedule {
		t.Flaws = append(t.Flaws, "the call comes to no queue")
	}
	if o.Outcome == string(routing.LookupFailed) {
		var why []string
		for _, a := range o.Actions {
			if a.HubSpot && a.Failure != "" {
				why = append(why, a.Failure)
			}
		}
		if len(why) > 0 { // else enrichment is switched off
			t.Flaws = append(t.Flaws, "HubSpot could not be asked: "+mask.Text(strings.Join(why, "; ")))
		}
	}
	v.result.AddLive(t, mask)
	return nil
}

// next says what there is to do after a setup.
func (v *verifier) next(numbers []string) []string {
	args := ""
	switch f := v.env.settings.file; f {
	case "":
	case "-": // it is read already, and the next command has to be given it again
		args = " -f FILE"
	default:
		args = " -f " + word(f)
	}
	ani := "NUMBER"
	if v.env.settings.sandbox {
		args = " --sandbox" + args
	}
	dial := "next: no number leads here yet; calls.numbers names those that do"
	switch {
	case len(numbers) > 0 && v.target.sandbox != nil:
		dial = fmt.Sprintf("next: in a real org, dial %s", strings.Join(numbers, " or "))
	case len(numbers) > 0:
		dial = fmt.Sprintf("next: dial %s", strings.Join(numbers, " or "))
	case len(v.loaded.deployment.Calls.Numbers) > 0:
		dial = "next: none of its numbers leads here yet; dealroute plan --cutover shows what would move them"
	}
	out := []string{
		dial,
		fmt.Sprintf("      dealroute simulate --flow deployed --ani %s%s", ani, args),
		fmt.Sprintf("      dealroute status%s", args),
	}
	if v.loaded.deployment.HubSpot.Auth.Outside() {
		out = append(out, "keep this running: without it no call asks HubSpot once the token has expired", "      dealroute token renew --every 20m"+args)
	}
	return out
}
