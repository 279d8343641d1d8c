package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// proof shows the properties of a deployment, nil where nothing is to be shown.
func proof(ctx context.Context, env session, d *deployment.Deployment, b *blueprint.Blueprint, mode prove.Mode) (*prove.Report, error) {
	if mode == prove.Off || b == nil {
		return nil, nil
	}
	ctx, proved := env.proving(ctx, "proving")
	defer proved()
	return quietProof(ctx, env, d, b, mode)
}

// quietProof is proof that tells nobody on the terminal how far it is.
func quietProof(ctx context.Context, env session, d *deployment.Deployment, b *blueprint.Blueprint, mode prove.Mode) (*prove.Report, error) {
	start := env.Now()
	defer roomy(env)()
	r, err := prove.Deployment(ctx, prove.Input{
		Deployment: d, Blueprint: b, Mode: mode, Now: start.UTC(),
		HubSpot: provedAccount(d), Key: secret.New(hubspottest.DefaultToken), Open: hubspottest.Readings(),
	})
	if err != nil {
		return nil, fail(fmt.Errorf("prove the deployment: %w", err), "--proof=off leaves the proof out")
	}
	if r != nil {
		r.Elapsed = env.Now().Sub(start)
		var rests []string
		for _, a := range b.Assumptions {
			rests = append(rests, a.ID)
		}
		rests = append(rests, fmt.Sprintf("a row of a data table is read within %s, for which Genesys documents no bound", prove.TableRead))
		r.Assumptions = append(rests, r.Assumptions...)
		mask(r, privacy.New(privacy.Options{Deployment: d, Names: blueprint.PersonalNames(d)}))
	}
	return r, nil
}

// proving says how far the proofs under a context are, until done is called.
func (s session) proving(ctx context.Context, what string) (counted context.Context, done func()) {
	t := new(prove.Tally)
	return prove.Counted(ctx, t), s.working(what, func() string { return tallied(t) })
}

// tallied is how far a proof is, in words.
func tallied(t *prove.Tally) string {
	far := words.Thousands(t.States.Load()) + " states"
	if n := t.Calls.Load(); n > 0 {
		far += ", " + words.Thousands(n) + " calls"
	}
	return far
}

// roomy lets garbage lie for longer, until what it gives is called: a proof keeps little and
// makes much, and a fifth of its time is saved. It is collected as often as it takes to stay below 256 MB, and a
// person's own GOGC wins. The last of several proofs at a time sets back what the first one found:
// were it each its own, one that began later would keep the limit that is there for proofs.
func roomy(env session) func() {
	if env.Getenv("GOGC") != "" {
		return func() {}
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	if room.proofs++; room.proofs == 1 {
		room.percent, room.limit = debug.SetGCPercent(400), debug.SetMemoryLimit(proofRoom)
	}
	return func() {
		room.mu.Lock()
		defer room.mu.Unlock()
		if room.proofs--; room.proofs == 0 {
			debug.SetGCPercent(room.percent)
			debug.SetMemoryLimit(room.limit)
		}
	}
}

// proofRoom is the memory beyond which also a proof collects its garbage as ever.
var proofRoom int64 = 256 << 20

// room is how garbage was collected before the proofs that are under way.
var room struct {
	mu      sync.Mutex
	proofs  int
	percent int
	limit   int64
}

// mask hides the numbers of made-up callers in what is told of a proof, as those of others are
// hidden: only world files have them.
func mask(r *prove.Report, m *privacy.Mask) {
	all := func(texts []string) {
		for i, t := range texts {
			texts[i] = m.Text(t)
		}
	}
	all(r.WorstPath)
	all(r.Cut)
	if r.WorstCall != nil {
		all(r.WorstCall.Call)
	}
	for i := range r.Properties {
		p := &r.Properties[i]
		p.Message, p.Hint = m.Text(p.Message), m.Text(p.Hint)
		if p.Counterexample != nil {
			all(p.Counterexample.Call)
		}
	}
}

// provedAccount makes the accounts that calls of a proof meet: the emulator in memory.
func provedAccount(d *deployment.Deployment) func(prove.Account) dataaction.Sender {
	own := append(defined(d), tokensOf(d)...)
	return func(a prove.Account) dataaction.Sender {
		return transport.Handler(hubspottest.New(a.CRM, append(slices.Clone(own), hubspottest.Virtual(), hubspottest.Clock(a.Clock),
			hubspottest.WithLimits(hubspottest.Limits{}), hubspottest.Otherwise(a.Otherwise...))...))
	}
}

// tokensOf lets an account issue access tokens, where the platform asks for them: one secret
// stands for all that the credential has.
func tokensOf(d *deployment.Deployment) []hubspottest.Option {
	if !d.HubSpot.Auth.ByPlatform() {
		return nil
	}
	const key = hubspottest.DefaultToken
	return []hubspottest.Option{
		hubspottest.Token(key), hubspottest.Granted(prove.ExpiredToken, hubspottest.Grant{Scopes: hubspottest.DefaultScopes(), Expires: time.Unix(1, 0), OAuth: true}),
		hubspottest.OAuthApps(hubspottest.OAuthApp{ClientID: key, ClientSecret: key, RefreshToken: key, Scopes: hubspottest.DefaultScopes(), TokenURL: d.HubSpot.Auth.TokenURL}),
	}
}

// worlds gathers the world files that replay the calls of proofs, by name below a folder.
type worlds map[string][]byte

// add gives the files of a report to be written.
func (w worlds) add(r *prove.Report, replay view.Replays) error {
	if r == nil || replay.Folder == "" {
		return nil
	}
	for _, p := range r.Properties {
		if p.Counterexample == nil {
			continue
		}
		text, err := view.WorldText(p, replay)
		if err != nil {
			return err
		}
		w[replay.File(p.ID)] = []byte(text)
	}
	return nil
}

// write writes them, each whole and none over a file of somebody else's; without any no folder
// is made.
func (w worlds) write(dir string) error {
	if len(w) == 0 {
		return nil
	}
	for _, name := range sortedNames(w) {
		path := filepath.Join(dir, name)
		switch text, err := readFile(path, maxText); {
		case errors.Is(err, fs.ErrNotExist) || bytes.HasPrefix(text, []byte(view.WorldMark)):
		case err != nil:
			return fail(fmt.Errorf("read %s: %w", path, err), "name another folder with --counterexamples; nothing was written")
		default:
			return fail(fmt.Errorf("%s is there and was not written by --counterexamples", path), "name another folder; nothing was written")
		}
	}
	return writeTree(dir, w)
}

// replays says how the calls against a deployment are replayed.
func replays(file, folder string) view.Replays {
	if file == stdinName {
		file = stdin
	}
	return view.Replays{
		Command: view.ReplayCommand("dealroute", "simulate", "-f", file), Folder: filepath.ToSlash(folder),
		File: func(property string) string { return property + ".yaml" }, Drawn: view.ReplayCommand("dealroute", "graph", "-f", file),
	}
}
