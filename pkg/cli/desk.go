package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// A desk takes the calls of a list. They know nothing of each other: each finds the org, the
// breaker and HubSpot's limits as they are before the first one. A worker has a desk for itself.
type desk struct {
	s     *simulation
	files *callFiles
	usual *hub // with the records of the fixtures
	memo  *interp.Memo
	room  simulate.Outcome // of the last call without a mask and legs
}

// answersKept is how many answers of HubSpot are kept for calls that ask the same.
const answersKept = 8192

// A ready call is one of a list with all that it meets.
type ready struct {
	*simulate.Listed
	call   simulate.Call
	crm    *simulate.CRM   // of its own
	script *world.Document // instead of HubSpot and the org
	faults []transport.Fault
	dnis   []string // of the legs
}

// callFiles are the files that calls of a list name, each read once. Any number of desks may share them.
type callFiles struct {
	dir    string // that their names are relative to
	around simulate.Around
	mu     sync.Mutex
	crm    map[string]fileRead[*simulate.Fixtures]
	worlds map[string]fileRead[*world.Document]
}

// A fileRead is a file that was read, or why it could not be.
type fileRead[T any] struct {
	value T
	err   error
}

// callFiles begins with none. list names the file of the calls, "-" standard input.
func (s *simulation) callFiles(list string) *callFiles {
	dir := filepath.Dir(list)
	if list == "-" {
		dir = "."
	}
	return &callFiles{dir: dir, around: s.around(), crm: map[string]fileRead[*simulate.Fixtures]{}, worlds: map[string]fileRead[*world.Document]{}}
}

func once[T any](f *callFiles, in map[string]fileRead[T], name string, read func(path string, data []byte) (T, error)) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, ok := in[name]
	if !ok {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(f.dir, filepath.FromSlash(path))
		}
		data, err := readFile(path, maxText)
		if err != nil {
			x.err = fmt.Errorf("read %s: %w", path, err)
		} else {
			x.value, x.err = read(path, data)
		}
		in[name] = x
	}
	return x.value, x.err
}

func (s *simulation) desk(files *callFiles) *desk {
	return &desk{s: s, files: files, memo: interp.NewMemo(s.program.Flow())}
}

// ready finds what a call meets. What the list says wrongly is the error, at its place; harmless
// remarks are told.
func (k *desk) ready(c *simulate.Listed) (r *ready, told diag.Findings, err error) {
	s := k.s
	r = &ready{Listed: c, script: s.script}
	var found diag.Findings
	wrong := func(at diag.Position, hint, format string, args ...any) {
		found = append(found, diag.Finding{Message: fmt.Sprintf(format, args...), Hint: hint, Position: at})
	}
	if s.live && (c.CRM != nil || c.CRMFile.Text != "") {
		wrong(c.Place, "leave out the one that you do not mean", "records of the call's own and --crm live exclude each other")
	}
	crm, fs := c.Against(s.fixtures.CRM, k.files.around)
	found = append(found, fs...)
	if r.crm = crm; crm != nil {
		r.script = nil
	}
	if n := c.CRMFile; n.Text != "" {
		r.script = nil
		f, err := once(k.files, k.files.crm, n.Text, func(path string, data []byte) (*simulate.Fixtures, error) {
			f, fs := simulate.DecodeFixtures(path, data)
			if !fs.Has(diag.Error) {
				fs = f.Against(k.files.around)
			}
			if fs.Has(diag.Error) {
				return nil, fs.Sorted()
			}
			return f, nil
		})
		if err != nil {
			wrong(n.Place, "docs/suite.md has the format", "crm: %v", err)
		} else {
			all := simulate.Records(f.CRM, s.fixtures.CRM)
			r.crm = &all
		}
	}
	script := func(d *world.Document) diag.Findings {
		return s.masked(s.program.Script(d, s.org.Rows, s.loaded.deployment))
	}
	if n := c.WorldFile; n.Text != "" {
		d, err := once(k.files, k.files.worlds, n.Text, func(path string, data []byte) (*world.Document, error) {
			d, fs := world.Read(path, data)
			if !fs.Has(diag.Error) {
				fs = append(fs, script(d)...)
			}
			if fs.Has(diag.Error) {
				return nil, s.masked(fs).Sorted()
			}
			return d, nil
		})
		if err != nil {
			wrong(n.Place, "docs/world.md has the format", "world: %v", err)
		}
		r.script = d
	}
	if c.World != nil {
		r.script, found = c.World, append(found, script(c.World)...)
	}
	for _, t := range c.Faults {
		f, err := transport.ParseFault(t.Text)
		if err != nil {
			wrong(t.Place, "write KIND, or ACTION=KIND", "%v", err)
		} else if err := hits(f, s.asking); err != nil {
			wrong(t.Place, "a part of a name is enough; there are "+strings.Join(s.asking, ", "), "fault %q %v", t.Text, err)
		}
		r.faults = append(r.faults, f)
	}
	if r.faults = append(r.faults, s.faults...); len(c.Faults) > 0 && r.script != nil {
		wrong(c.Faults[0].Place, "write failure or timeout into the world; docs/world.md has the format", "a scripted world and fault exclude each other")
	}
	r.dial(s, wrong)
	if found.Has(diag.Error) {
		return nil, nil, s.masked(found)
	}
	return r, s.masked(found), nil
}

// masked are findings without what is personal in them.
func (s *simulation) masked(found diag.Findings) diag.Findings {
	if len(found) == 0 { // to read the own numbers takes longer than a call
		return nil
	}
	return privacy.Findings(found, s.loaded.deployment.Own()...)
}

// dial fills the call itself.
func (r *ready) dial(s *simulation, wrong func(at diag.Position, hint, format string, args ...any)) {
	c, call := r.Listed, &r.call
	ani, at, dnis := c.ANI, c.At, c.DNIS
	call.Conversation = c.Conversation
	if r.script != nil {
		w := r.script.Call
		if !c.Shows {
			ani = w.ANI
		}
		if at.IsZero() && s.options.at == "" {
			at = w.At
		}
		if dnis == "" {
			dnis = w.DNIS
		}
		if call.Conversation == nil {
			call.Conversation = w.Data
		}
		call.Start = r.script.Start()
	}
	f, known := s.fixtures.Calls[ani]
	if !known && !simulate.Shown(ani) {
		wrong(c.ANIAt, findingOf(named(ani, s.fixtures)).Hint, "ani has a word that is no number, no address and no call of the fixtures")
	}
	if call.ANI = ani; f.ANI != "" {
		call.ANI = f.ANI
	}
	if dnis == "" {
		dnis = f.DNIS
	}
	if dnis == "" {
		dnis = s.options.dnis
	}
	if call.At = at; at.IsZero() {
		call.At = s.start
	}
	if call.Conversation == nil {
		call.Conversation = f.Conversation
	}
	call.Own = f.Org()
	call.Own.Change(c.Org())
	number := func(n string, at diag.Position) string {
		if n == "" || n == s.first {
			return s.first
		}
		ours, err := s.ours(n)
		if err != nil {
			wrong(at, findingOf(err).Hint, "the called number is none of the deployment's")
		}
		return ours
	}
	call.DNIS = number(dnis, c.DNISAt)
	for _, leg := range c.Legs {
		if leg.DNIS == "" {
			leg.DNIS, leg.DNISAt = call.DNIS, c.DNISAt
		}
		r.dnis = append(r.dnis, number(leg.DNIS, leg.DNISAt))
	}
	if c.Schedule != "" && s.loaded.deployment.Calls.Schedule == nil {
		wrong(c.Place, "leave schedule out", "the deployment has no schedule")
	}
}

// brief is call without a mask, with outcomes that hold until the next one. Of many calls the
// memory for them would cost more than the calls.
func (k *desk) brief(ctx context.Context, r *ready) ([]*simulate.Outcome, error) {
	if len(r.Legs) > 0 {
		return k.call(ctx, r, nil)
	}
	run, err := k.run(r, nil)
	if err != nil {
		return nil, err
	}
	if err := run.Again(ctx, r.call, &k.room); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Place, err)
	}
	return []*simulate.Outcome{&k.room}, nil
}

// run is one for a call and its legs. The mask may be nil.
func (k *desk) run(r *ready, mask *privacy.Mask) (*simulate.Run, error) {
	s := k.s
	run := s.newRun(k.hub(r), mask, r.faults)
	run.Takes, run.Memo = nil, k.memo // what a list tells needs no target's origin
	if mask == nil && r.crm == nil && r.script == nil {
		run.Answers, run.Account = s.known, "fixtures"
		if len(r.faults) > 0 {
			run.Account = fmt.Sprint("fixtures ", r.faults)
		}
	}
	if r.script != nil {
		run.Script = world.New(r.script.File)
	}
	if sch := s.loaded.deployment.Calls.Schedule; r.Schedule != "" && sch != nil {
		run.Org.Schedules = simulate.Always(sch.Group, sch.EmergencyGroup, genesys.ScheduleState(r.Schedule))
	}
	if r.crm != nil {
		if err := s.owners(run.Org, *r.crm); err != nil {
			return nil, err
		}
	}
	return run, nil
}

// call sends a call and its legs through the flow. The mask may be nil; else it learns who calls
// and what HubSpot says of him.
func (k *desk) call(ctx context.Context, r *ready, mask *privacy.Mask) ([]*simulate.Outcome, error) {
	if mask != nil {
		mask.Caller(r.call.ANI)
	}
	run, err := k.run(r, mask)
	if err != nil {
		return nil, err
	}
	call := r.call
	var out []*simulate.Outcome
	for i := -1; i < len(r.Legs); i++ {
		if i >= 0 {
			last := out[len(out)-1]
			call.At, call.DNIS, call.Conversation = last.Call.At.Add(last.Result.Elapsed+r.Legs[i].After), r.dnis[i], last.Result.ParticipantData
		}
		o, err := run.Do(ctx, call)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Place, err)
		}
		out = append(out, o)
	}
	return out, nil
}

// hub is the HubSpot that a call asks, as it is before any other asked it.
func (k *desk) hub(r *ready) hub {
	switch {
	case r.script != nil:
		return hub{}
	case r.crm != nil:
		return k.s.hub(*r.crm)
	case k.usual == nil || k.s.loaded.deployment.HubSpot.Auth.ByPlatform(): // whose tokens an account remembers
		h := k.s.hub(k.s.fixtures.CRM)
		k.usual = &h
	case k.usual.server != nil:
		k.usual.server.Forget()
	}
	return *k.usual
}

// around is what the calls of a list are held against.
func (s *simulation) around() simulate.Around {
	return simulate.Around{
		Deployment: s.loaded.deployment, Rows: s.org.Rows, Program: s.program, Kinds: kinds(), Options: options(),
		Zone: func(name string) error { _, err := time.LoadLocation(name); return err },
	}
}

// hits refuses a fault that concerns no action: nothing would fail, and the answer would look as
// if the flow did not mind.
func hits(f transport.Fault, asking []string) error {
	if !slices.ContainsFunc(asking, f.Matches) {
		return errors.New("concerns no data action that asks HubSpot")
	}
	return nil
}
