package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// Data actions and the script carry no mark, only digits in their names: of a contract, which is
// frozen, and of a text that the platform lets people edit. So that it can be told who changed one, the
// record says, as digits=print@seal with blanks between, of which content each data action was written,
// and as script=version which version of the script setup published. It is written with the version
// of the flow, which needs them all; a run that ends before leaves it to the next one.
//
// The seal is of the content with its ids, of the data action's own, and of the version that the platform gave it. Each change of a data action
// gives it another version, which the list of all shows: while the seal fits, nobody has changed it, and it need not
// be read, which takes three calls.

// scriptPrint is the name of the script's entry.
const scriptPrint = "script"

// keepsWritten reports whether the record has the column: own templates may be older.
func (r *run) keepsWritten() bool {
	k, ok := r.recordKey()
	if !ok {
		return false
	}
	d, _ := r.desired.Get(k)
	_, ok = d.Content[genesys.RecordWritten]
	return ok
}

// print is of which content a data action is written.
func (r *run) print(d genesys.Entity) string { return genesys.Hash(d.Content)[:8] }

// sealMark stands before the seal of an entry.
const sealMark = "@"

// seal is of a data action's content with its ids, which it gives too, and of the version that the org
// has; empty when one of the two is not known.
func (r *run) seal(d genesys.Entity, id string) (string, map[string]any) {
	v := r.version(id)
	body, err := r.body(d)
	if v == "" || err != nil {
		return "", nil
	}
	return genesys.Hash(map[string]any{"id": id, "content": body, "version": v})[:8], body
}

// sealed gives the content of a data action that nobody has changed since setup wrote it; nil when
// that is not known.
func (r *run) sealed(key genesys.Key, id string) map[string]any {
	d, wanted := r.desired.Get(key)
	if !wanted || !r.keepsWritten() {
		return nil
	}
	seal, body := r.seal(d, id)
	if seal == "" || r.entry(key) != r.print(d)+sealMark+seal {
		return nil
	}
	return body
}

// written is what the record must say when all that carries no mark is as desired.
func (r *run) written() string {
	var out []string
	for _, d := range r.desired {
		switch {
		case d.Holding != genesys.Owned:
		case d.Key.Kind == genesys.DataAction:
			id, _ := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"})
			entry := ending(d.Key.Name) + "=" + r.print(d)
			if seal, _ := r.seal(d, id); seal != "" {
				entry += sealMark + seal
			}
			out = append(out, entry)
		case d.Key.Kind == genesys.Script:
			id, _ := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"})
			if v := r.version(id); v != "" {
				out = append(out, scriptPrint+"="+v)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// writtenOf is of which content the record says that one entity was written; empty when it says nothing.
func (r *run) writtenOf(k genesys.Key) string {
	print, _, _ := strings.Cut(r.entry(k), sealMark)
	return print
}

// entry is what the record says of one entity.
func (r *run) entry(k genesys.Key) string {
	v, _ := r.recorded(genesys.RecordWritten)
	name := ending(k.Name)
	if k.Kind == genesys.Script {
		name = scriptPrint
	}
	for _, e := range strings.Fields(text(v)) {
		if at, is, ok := strings.Cut(e, "="); ok && at == name {
			return is
		}
	}
	return ""
}

// unmarked reports whether an entity is ours and carries no mark that says of which content it is.
func unmarked(d genesys.Entity) bool {
	return d.Holding == genesys.Owned && (d.Key.Kind == genesys.DataAction || d.Key.Kind == genesys.Script)
}

// recordWritten has the record written when all is as desired and it says something else: the
// flow that stays brings it along. It reports whether that is so.
func (r *run) recordWritten(found []plan.Found, p plan.Plan) bool {
	if !r.keepsWritten() {
		return false
	}
	for _, c := range p.Changes {
		if d, ok := r.desired.Get(c.Key); ok && unmarked(d) && c.Action != plan.Keep && c.Action != plan.Delete {
			return false
		}
	}
	now := r.written()
	is, ok := r.recorded(genesys.RecordWritten)
	if !ok || prints(text(is)) == prints(now) {
		return false
	}
	for i, f := range found {
		if f.Key.Kind == genesys.Flow && f.Noted != nil {
			found[i].Noted[genesys.RecordWritten] = now
		}
	}
	return true
}

// noteWritten writes the record after changes that no new version of the flow came with.
func (r *run) noteWritten(ctx context.Context, out []Outcome) error {
	if !r.keepsWritten() || !slices.ContainsFunc(out, func(o Outcome) bool {
		d, ok := r.desired.Get(o.Change.Key)
		record, _ := r.recordKey() // a row that was made again knows nothing of what stayed
		return ok && (unmarked(d) || d.Key == record) && o.State == Done && (o.Change.Action == plan.Update || o.Change.Action == plan.Create)
	}) {
		return nil
	}
	if slices.ContainsFunc(out, func(o Outcome) bool {
		d, ok := r.desired.Get(o.Change.Key)
		return ok && unmarked(d) && (o.State != Done || o.Change.Action == plan.Leave)
	}) {
		return nil // what is held keeps its own content
	}
	now := r.written()
	if is, ok := r.recorded(genesys.RecordWritten); !ok || text(is) == now {
		return nil
	}
	return r.note(ctx, genesys.RecordWritten, now)
}

// prints leaves the versions out, the script's and those in seals: one that is not known costs a look
// at what it is of and is no reason to write.
func prints(written string) string {
	var out []string
	for _, e := range strings.Fields(written) {
		if print, _, _ := strings.Cut(e, sealMark); !strings.HasPrefix(e, scriptPrint+"=") {
			out = append(out, print)
		}
	}
	return strings.Join(out, " ")
}

// keepVersion notes the version of a script or of a data action, as a list or an answer has it.
func (r *run) keepVersion(o genesys.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.versions[o.ID] = o.Text("versionId")
	if v := o.Body["version"]; v != nil && r.versions[o.ID] == "" {
		r.versions[o.ID] = fmt.Sprint(v)
	}
}

func (r *run) version(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.versions[id]
}

// editedScript is what somebody made of a script of ours.
const editedScript = "its text is another than the deployment's"

// compare reads the published text of a script whose version the record does not know, and says
// where it is not the deployment's: people can edit it under its name.
func (k scriptKind) compare(ctx context.Context, r *run, found []plan.Found) {
	if !r.keepsWritten() || r.record == nil {
		return
	}
	for i, f := range found {
		d, wanted := r.desired.Get(f.Key)
		if !wanted || !unmarked(d) || f.Key.Kind != genesys.Script || f.Unfinished != "" || r.version(f.ID) == "" || r.version(f.ID) == r.writtenOf(f.Key) {
			continue
		}
		ours, err := genesys.Resolve(d.Text, r.resolveRef)
		if err != nil {
			continue // what it refers to is not known
		}
		theirs, err := k.org.ScriptFile(ctx, f.ID, r.version(f.ID))
		switch {
		case err != nil:
			r.warn("script %q: whether somebody edited it is not known: %v", f.Key.Name, err)
		case !within(ours, theirs):
			found[i].Unfinished = editedScript
		}
	}
}
