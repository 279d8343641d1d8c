package reconcile

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
)

// The platform shows no field of a credential. So that another value is noticed, the record
// holds a fingerprint of the value that was written last: a keyed hash whose key is drawn at
// each writing. While a value is on its way there stands onItsWay, since a run may end between
// the two.

const onItsWay = "?"

const changedValue = "its value has changed"

// A KeyError says that a credential's value is missing or will not do.
type KeyError struct {
	Credential genesys.Key
	Err        error
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("credential %q: %v", e.Credential.Name, e.Err)
}

func (e *KeyError) Unwrap() error { return e.Err }

// supplied reports whether a credential's value comes from outside, and not from a client
// that setup makes.
func supplied(d genesys.Entity) bool {
	return d.Key.Kind == genesys.Credential && len(d.Secrets) > 0 && !slices.ContainsFunc(d.Needs, func(need genesys.Key) bool { return feeds(need, d) })
}

// given asks for a supplied credential's value.
func (r *run) given(d genesys.Entity) ([]string, error) {
	var out []string
	for _, f := range slices.Sorted(slices.Values(d.Secrets)) {
		v, err := r.Secret(d.Key, f)
		if err != nil {
			return nil, &KeyError{d.Key, err}
		}
		out = append(out, v.Reveal())
	}
	return out, nil
}

// fingerprint is the keyed hash of a value: nobody learns it from that, and two are compared
// under one salt.
func fingerprint(salt string, value []string) string {
	h := hmac.New(sha256.New, []byte(salt))
	for _, v := range value {
		fmt.Fprintf(h, "%d:%s", len(v), v)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// The column holds name:salt:fingerprint for each credential, the name without the deployment's. Of
// the run-time client's credential the two are the client's id and inUse, or onItsWay.
func (r *run) printName(k genesys.Key) string {
	return strings.TrimPrefix(k.Name, r.name+" ")
}

// keepsPrints reports whether the record has the column: own templates may be older.
func (r *run) keepsPrints() bool {
	k, ok := r.recordKey()
	if !ok {
		return false
	}
	d, _ := r.desired.Get(k)
	_, ok = d.Content[genesys.RecordPrint]
	return ok
}

// printed gives the salt and the fingerprint that the record has of a credential.
func (r *run) printed(k genesys.Key) (salt, hash string) {
	v, _ := r.recorded(genesys.RecordPrint)
	for _, e := range strings.Split(text(v), ";") {
		if f := strings.SplitN(e, ":", 3); len(f) == 3 && f[0] == r.printName(k) {
			return f[1], f[2]
		}
	}
	return "", ""
}

// notePrint writes a credential's fingerprint into the record.
func (r *run) notePrint(ctx context.Context, k genesys.Key, salt, hash string) error {
	if !r.keepsPrints() {
		return nil
	}
	return r.noteBy(ctx, genesys.RecordPrint, func(now, _ any) any { return r.withPrint(now, k, salt, hash) })
}

// withPrint is the column with another entry for a credential.
func (r *run) withPrint(column any, k genesys.Key, salt, hash string) string {
	kept := slices.DeleteFunc(strings.Split(text(column), ";"), func(e string) bool {
		return e == "" || strings.HasPrefix(e, r.printName(k)+":")
	})
	kept = append(kept, r.printName(k)+":"+salt+":"+hash)
	slices.Sort(kept)
	return strings.Join(kept, ";")
}

// valueIsOnItsWay notes, before a supplied credential is written, that nobody knows what it
// holds; a new one has nothing noted yet.
func (r *run) valueIsOnItsWay(ctx context.Context, d genesys.Entity) error {
	if _, hash := r.printed(d.Key); !supplied(d) || hash == "" {
		return nil
	}
	return r.notePrint(ctx, d.Key, "", onItsWay)
}

// valueIsWritten notes what a supplied credential holds.
func (r *run) valueIsWritten(ctx context.Context, d genesys.Entity) error {
	if !supplied(d) {
		return nil
	}
	value, err := r.given(d)
	if err != nil {
		return err
	}
	salt := r.Salt()
	return r.notePrint(ctx, d.Key, salt, fingerprint(salt, value))
}

// outdated says why a supplied credential must be written again, and nothing when it need not
// or nobody can tell.
func (r *run) outdated(d genesys.Entity) string {
	if !supplied(d) || !r.keepsPrints() {
		return ""
	}
	salt, hash := r.printed(d.Key)
	if hash == inUse { // the client was setup's own, and is now given
		hash = ""
	}
	if hash == onItsWay {
		return "an earlier run ended while its value was written"
	}
	value, err := r.given(d)
	switch {
	case err != nil:
		return ""
	case hash == "":
		return "no record says which value it holds"
	case hash != fingerprint(salt, value):
		return changedValue
	}
	return ""
}

// prove has the values of supplied credentials looked at, where there are any.
func (r *run) prove(ctx context.Context) map[genesys.Key]error {
	out := map[genesys.Key]error{}
	for _, d := range r.desired {
		if !supplied(d) || r.Prove == nil {
			continue
		}
		if _, err := r.given(d); err != nil {
			continue
		}
		refused, doubt := r.Prove(ctx, d.Key)
		if refused != nil {
			out[d.Key] = &KeyError{d.Key, refused}
		}
		switch {
		case doubt == nil:
		case r.outdated(d) == changedValue: // the one that is there works, for all that is known
			out[d.Key] = &KeyError{d.Key, fmt.Errorf("its value has changed, and the new one could not be checked, so it does not take the place of the one that is there: %w", doubt)}
		default:
			r.warn("credential %q: its value could not be checked: %v", d.Key.Name, doubt)
		}
	}
	return out
}

// unkeyed finds the first credential that must be written and whose value is not given.
func (r *run) unkeyed(p plan.Plan) error {
	for _, c := range p.Changes {
		d, wanted := r.desired.Get(c.Key)
		if !wanted || !supplied(d) || c.Action != plan.Create && c.Action != plan.Update && c.Action != plan.Replace {
			continue
		}
		if _, err := r.given(d); err != nil {
			return err
		}
	}
	return nil
}

// A rewriting makes a run write a credential once more at most.
type rewriting struct {
	once sync.Once
	err  error
}

// behind finds the credential that a data action runs with.
func (r *run) behind(action genesys.Entity) (genesys.Entity, bool) {
	for _, ref := range action.Refs() {
		if ref.Key.Kind != genesys.Integration {
			continue
		}
		integration, _ := r.desired.Get(ref.Key)
		for _, need := range integration.Needs {
			if need.Kind == genesys.Credential {
				return r.desired.Get(need)
			}
		}
	}
	return genesys.Entity{}, false
}

// rewrite writes a credential that an endpoint refused once more: it may hold another value
// than everybody believes.
func (r *run) rewrite(ctx context.Context, d genesys.Entity) error {
	id, ok := r.resolveRef(genesys.Ref{Key: d.Key, Field: "id"})
	if !ok {
		return fmt.Errorf("credential %q has no id yet", d.Key.Name)
	}
	r.mu.Lock()
	w := r.rewritten[d.Key]
	if w == nil {
		w = &rewriting{}
		r.rewritten[d.Key] = w
	}
	r.mu.Unlock()
	w.once.Do(func() {
		w.err = r.kinds[genesys.Credential].update(ctx, r, plan.Change{Key: d.Key, ID: id, Action: plan.Update}, d)
	})
	return w.err
}

// refusedBy names the credential behind a test run that the endpoint refused.
func (r *run) refusedBy(action genesys.Entity, t genesys.TestRun, err error) error {
	d, ok := r.behind(action)
	if ok && (t.Unknown || t.Barred) {
		return &KeyError{d.Key, err}
	}
	return err
}
