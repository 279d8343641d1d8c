package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// What a run of a deployment file aimed at is remembered in the user's state folder, so that the next one
// can say when it goes elsewhere. It is a help for people and never needed: what goes wrong with it is a
// line of the log. docs/decisions/the-last-target.md says who remembers and who warns.

// An aim is where a run went. No secret and no id of a client is in it.
type aim struct {
	OrgID   string    `json:"orgId"`
	Org     string    `json:"org"`
	Address string    `json:"address"`          // host of the platform API
	Portal  string    `json:"portal,omitempty"` // of HubSpot, where it was known
	When    time.Time `json:"when"`
	Command string    `json:"command"`
}

// aims are those of a folder, by the names of its deployment files.
type aims struct {
	Schema int            `json:"schema"`
	Folder string         `json:"folder"`
	Files  map[string]aim `json:"files"`
}

const (
	aimsSchema = 1
	mostAims   = 50   // deployment files of a folder that are remembered
	mostFolder = 1000 // folders that are remembered
	aimsWait   = time.Second
)

// A memory is what is remembered of a deployment file. A nil one remembers nothing: the sandbox, and a file
// that comes from standard input.
type memory struct {
	env  session
	path string // of the file with the aims of the folder
	dir  string
	name string // of the deployment file
	host string

	mu     sync.Mutex
	portal string // of HubSpot, as far as it is known
	warned string // empty: nothing, or nobody looked
}

// memoryOf is what is remembered of a deployment file, for a connection to an address.
func memoryOf(env session, l *loaded, address string) *memory {
	if l.path == "" || l.path == stdinName || env.settings.sandbox {
		return nil
	}
	m := &memory{env: env, host: hostOf(address), name: filepath.Base(l.path)}
	folder, err := stateFolder(env, "targets")
	if err == nil {
		m.dir, err = filepath.Abs(l.dir)
	}
	if err == nil {
		m.dir, err = filepath.EvalSymlinks(m.dir)
	}
	if err != nil {
		env.log().Debug("the target of this run is not remembered", "why", err.Error())
		return nil
	}
	m.path = filepath.Join(folder, fmt.Sprintf("%x", sha256.Sum256([]byte(m.dir)))[:32]+".json")
	return m
}

// hostOf is the host of an address, without who asks there.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "//")
	rest, _, _ = strings.Cut(rest, "/")
	return rest[strings.LastIndexByte(rest, '@')+1:]
}

// place is a host as people call it: the region where it is one of Genesys'.
func (a aim) place() string {
	for _, r := range deployment.Regions() {
		if d, _ := deployment.Domain(r); a.Address == "api."+d {
			return r
		}
	}
	return a.Address
}

// elsewhere reports whether another run goes to another org, or asks another account of HubSpot.
func (a aim) elsewhere(other aim) bool {
	return a.OrgID != other.OrgID || a.Portal != "" && other.Portal != "" && a.Portal != other.Portal
}

// read gives what is remembered of the folder; nothing when there is no such file, or one of somebody else.
func (m *memory) read() (aims, error) {
	data, err := readFile(m.path, maxSettings)
	if errors.Is(err, os.ErrNotExist) {
		return aims{}, nil
	}
	var all aims
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err == nil && (all.Schema != aimsSchema || all.Folder != m.dir) {
		return aims{}, nil
	}
	return all, err
}

// know keeps which account of HubSpot is asked.
func (m *memory) know(portal string) {
	if m == nil || portal == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.portal = portal
}

// now is where this run goes.
func (m *memory) now(id genesys.Identity, d *deployment.Deployment) aim {
	m.mu.Lock()
	defer m.mu.Unlock()
	return aim{OrgID: id.OrgID, Org: id.OrgName, Address: m.host, Portal: cmp.Or(m.portal, d.HubSpot.Portal), When: m.env.Now().UTC().Truncate(time.Second)}
}

// strange says that this run goes elsewhere than the last one of the same file, in words; empty when it does
// not, or nothing is remembered. It is told at once, before anything else is, but for a list of
// warnings that is shown by itself.
func (o *org) strange(id genesys.Identity, d *deployment.Deployment, told bool) string {
	m := o.memory
	if m == nil || id.OrgID == "" {
		return ""
	}
	all, err := m.read()
	if err != nil {
		m.env.log().Debug("the last target is not known", "file", m.path, "why", err.Error())
		return ""
	}
	last, known := all.Files[m.name]
	if !known {
		return ""
	}
	now, said := m.now(id, d), ""
	day := last.When.Format(time.DateOnly)
	switch {
	case !last.elsewhere(now):
	case last.OrgID != now.OrgID:
		said = fmt.Sprintf("this goes to org %q (%s); the last run here went to %q (%s) on %s", now.Org, now.place(), last.Org, last.place(), day)
	default:
		said = fmt.Sprintf("this asks the HubSpot account %s; the last run here asked %s, on %s", now.Portal, last.Portal, day)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if said != "" && m.warned == "" && !told {
		diag.Fprintf(m.env.IO.Err, "warning: %s\n", said)
	}
	m.warned = said
	return said
}

// remember keeps where this run goes. One that only reads keeps it when nothing is remembered, or the same
// org: what somebody only looked at does not become the usual place.
func (o *org) remember(ctx context.Context, id genesys.Identity, d *deployment.Deployment, command string, changes bool) {
	m := o.memory
	if m == nil || id.OrgID == "" {
		return
	}
	now := m.now(id, d)
	now.Command = command
	if err := m.write(ctx, now, changes); err != nil {
		m.env.log().Debug("the target of this run is not remembered", "file", m.path, "why", err.Error())
	}
}

func (m *memory) write(ctx context.Context, now aim, changes bool) error {
	dir := filepath.Dir(m.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
	ctx, stop := context.WithTimeout(ctx, aimsWait)
	defer stop()
	if ok, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil || !ok {
		return fmt.Errorf("another command writes there: %w", err)
	}
	defer lock.Unlock() //nolint:errcheck // it ends with this process
	all, err := m.read()
	if err != nil {
		all = aims{} // nobody can read it
	}
	last, known := all.Files[m.name]
	if known && !changes && last.elsewhere(now) {
		return nil
	}
	if now.Portal == "" && last.OrgID == now.OrgID {
		now.Portal = last.Portal
	}
	if all.Files == nil {
		all.Files = map[string]aim{}
	}
	all.Schema, all.Folder, all.Files[m.name] = aimsSchema, m.dir, now
	for len(all.Files) > mostAims {
		delete(all.Files, oldest(all.Files))
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err == nil {
		err = writeFile(m.path, append(data, '\n'), 0o600)
	}
	if err == nil && !known {
		forget(dir)
	}
	return err
}

func oldest(of map[string]aim) string {
	return slices.MinFunc(sortedNames(of), func(a, b string) int { return of[a].When.Compare(of[b].When) })
}

// forget removes what was written longest ago where too much is remembered.
func forget(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= mostFolder {
		return
	}
	written := map[string]time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasSuffix(e.Name(), ".json") {
			written[e.Name()] = info.ModTime()
		}
	}
	names := sortedNames(written)
	slices.SortStableFunc(names, func(a, b string) int { return written[a].Compare(written[b]) })
	for _, n := range names[:max(0, len(names)-mostFolder)] {
		os.Remove(filepath.Join(dir, n)) //nolint:errcheck // it is in nobody's way
	}
}

// visit asks whose org it is, where nothing else of a command does before it goes on: another one than the deployment file
// pins is refused, and another one than the last run's is told of.
func (o *org) visit(ctx context.Context, env session, d *deployment.Deployment, command string, changes bool) error {
	pin := env.settings.with(d).org
	if pin == "" && o.memory == nil {
		return nil
	}
	id, err := o.client.Who(ctx)
	if err != nil {
		return orgError(fmt.Errorf("ask who this client is: %w", err))
	}
	if pin != "" && pin != id.OrgName && pin != id.OrgID {
		return orgError(&reconcile.WrongOrgError{Want: pin, Got: id.OrgName, ID: id.OrgID})
	}
	o.strange(id, d, false)
	o.remember(ctx, id, d, command, changes)
	return nil
}

// attention is what a question says before it asks, when a run goes elsewhere than the last one.
func attention(said string) string {
	if said == "" {
		return ""
	}
	return "Attention: " + said + ".\n"
}
