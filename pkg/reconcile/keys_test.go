package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
)

var keyCredential = genesys.Key{Kind: genesys.Credential, Name: "acme-inbound HubSpot key"}

// keyed gives setup a HubSpot key; an empty one is none.
func keyed(key string) func(*reconcile.Config) {
	return func(c *reconcile.Config) {
		c.Secret = func(genesys.Key, string) (secret.Value, error) {
			if key == "" {
				return secret.Value{}, errNoKey
			}
			return secret.New(key), nil
		}
	}
}

var errNoKey = errors.New("no key is given")

// deployed gives the hash of the key that the credential holds.
func (w *world) deployed(t *testing.T) string {
	t.Helper()
	for _, c := range w.server.State().Entities["credentials"] {
		if c.Body["name"] == keyCredential.Name {
			return c.Hidden["token"]
		}
	}
	t.Fatal("no credential")
	return ""
}

func hashOf(key string) string { return genesystest.HashSecret("sandbox", key) }

func TestAWrongKeyIsPutRightByTheNextSetup(t *testing.T) {
	calm := newWorld(t)
	apply(t, calm.read(t, nil))
	w := newWorld(t)
	var no *reconcile.KeyError
	if err := w.run(t.Context(), keyed("pat-na1-wrong")); !errors.As(err, &no) || no.Credential != keyCredential || !strings.Contains(err.Error(), "also after its credential was written again") {
		t.Fatalf("with a wrong key: %v", err)
	}
	apply(t, w.read(t, nil))
	if got := changes(w.read(t, nil).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	if got, want := dump(t, w.server.State()), dump(t, calm.server.State()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAChangedKeyIsWritten(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	first := w.row(t, "deployment")["credentialPrint"]
	r := w.read(t, keyed(otherKey))
	if got := changes(r.Plan()); got != "update credential acme-inbound HubSpot key its value has changed\n" {
		t.Errorf("plan:\n%s", got)
	}
	apply(t, r)
	if w.deployed(t) != hashOf(otherKey) {
		t.Error("the credential does not hold the new key")
	}
	if got := changes(w.read(t, keyed(otherKey)).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	if got := changes(w.read(t, keyed("")).Plan()); got != "" {
		t.Errorf("a plan without a key is not empty:\n%s", got)
	}
	second := w.row(t, "deployment")["credentialPrint"]
	for _, print := range []any{first, second} {
		if s, ok := print.(string); !ok || len(s) < 40 || len(s) > 250 || strings.Contains(s, "pat-") || strings.Contains(s, hubspottest.DefaultToken) {
			t.Errorf("fingerprint %v", print)
		}
	}
	if first == second {
		t.Error("both keys have one fingerprint")
	}
	// The same key under another salt has another fingerprint.
	w.setRow(t, "deployment", "credentialPrint", "")
	if err := w.run(t.Context(), func(c *reconcile.Config) {
		keyed(otherKey)(c)
		c.Salt = func() string { return "pepper" }
	}); err != nil {
		t.Fatal(err)
	}
	hash := func(v any) string { s, _ := v.(string); return s[strings.LastIndex(s, ":"):] }
	if third := w.row(t, "deployment")["credentialPrint"]; hash(third) == hash(second) {
		t.Error("the salt is no part of the fingerprint")
	}
}

// A run that ends while a new key is written leaves nobody in doubt which one is there.
func TestAKeyChangedAndDisturbed(t *testing.T) {
	disturb(t, 1, func(t *testing.T, w *world) {
		t.Helper()
		apply(t, w.read(t, nil))
	}, keyed(otherKey))
	for n := 1; n <= 40; n++ {
		w := newWorld(t)
		apply(t, w.read(t, nil))
		ctx, kill := context.WithCancel(t.Context())
		w.arm(t, n, faults[0], kill)
		err := w.run(ctx, keyed(otherKey))
		kill()
		w.arm(t, 0, fault{}, nil)
		if err == nil {
			break
		}
		apply(t, w.read(t, nil)) // back to the first key
		if w.deployed(t) != hashOf(hubspottest.DefaultToken) {
			t.Errorf("killed at call %d: the credential holds the key that was given up", n)
		}
	}
}

// A credential that holds another value than the record believes is written once more when an
// endpoint refuses it.
func TestARefusedKeyIsWrittenOnceMore(t *testing.T) {
	w := newWorld(t)
	apply(t, w.read(t, nil))
	st := w.server.State()
	for _, c := range st.Entities["credentials"] {
		if c.Body["name"] == keyCredential.Name {
			c.Hidden["token"] = hashOf("pat-na1-by-hand")
		}
	}
	for _, c := range []struct {
		key  string
		pass bool
	}{{hubspottest.DefaultToken, true}, {"", false}} {
		other := newWorldOf(t, st)
		other.with(t, "budget: 3s", "budget: 4s")
		other.server.ForgetCalls()
		err := other.run(t.Context(), keyed(c.key))
		var no *reconcile.KeyError
		if c.pass != (err == nil) || !c.pass && (!errors.As(err, &no) || !errors.Is(err, errNoKey)) {
			t.Errorf("key %q: %v", c.key, err)
		}
		n := 0
		for _, call := range other.writes() {
			if strings.HasPrefix(call, "PUT /api/v2/integrations/credentials/") {
				n++
			}
		}
		if c.pass && (n != 1 || other.deployed(t) != hashOf(c.key)) {
			t.Errorf("written %d times", n)
		}
	}
}

// A key that will not do stops setup before its first write, and plan says so.
func TestAKeyThatWillNotDoStopsSetup(t *testing.T) {
	bad := errors.New("HubSpot does not know the key")
	for name, prepare := range map[string]func(*testing.T, *world){
		"fresh":    func(*testing.T, *world) {},
		"deployed": func(t *testing.T, w *world) { t.Helper(); apply(t, w.read(t, nil)) },
	} {
		w := newWorld(t)
		prepare(t, w)
		w.server.ForgetCalls()
		refusing := func(c *reconcile.Config) {
			c.Prove = func(_ context.Context, k genesys.Key) (refused, doubt error) {
				if k != keyCredential {
					t.Errorf("%s is looked at", k)
				}
				return bad, nil
			}
		}
		r := w.read(t, refusing)
		var no *reconcile.KeyError
		if err := r.Ready(); !errors.As(err, &no) || !errors.Is(err, bad) {
			t.Errorf("%s: ready: %v", name, err)
		}
		out, err := r.Apply(t.Context())
		if !errors.Is(err, bad) {
			t.Errorf("%s: %v", name, err)
		}
		for _, o := range out {
			if o.State == reconcile.Done && o.Change.Action != plan.Keep && o.Change.Action != plan.Leave {
				t.Errorf("%s: %s %s is done", name, o.Change.Action, o.Change.Key)
			}
		}
		if b := r.Plan().Blocked(); len(b) != 1 || b[0].Key != keyCredential || !strings.Contains(b[0].Reason, bad.Error()) {
			t.Errorf("%s: the plan does not say so:\n%s", name, changes(r.Plan()))
		}
		if got := w.writes(); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
		// When nobody can tell, setup goes on and says so.
		r = w.read(t, func(c *reconcile.Config) {
			c.Prove = func(context.Context, genesys.Key) (refused, doubt error) { return nil, bad }
		})
		apply(t, r)
		if !strings.Contains(strings.Join(r.Warnings(), "\n"), bad.Error()) {
			t.Errorf("%s: warnings %v", name, r.Warnings())
		}
	}
}

// A key that nobody could look at takes the place of none that is there.
func TestAChangedKeyThatNobodyChecked(t *testing.T) {
	down := errors.New("HubSpot does not answer")
	unchecked := func(c *reconcile.Config) {
		keyed(otherKey)(c)
		c.Prove = func(context.Context, genesys.Key) (refused, doubt error) { return nil, down }
	}
	w := newWorld(t)
	apply(t, w.read(t, nil))
	before := w.deployed(t)
	w.server.ForgetCalls()
	var no *reconcile.KeyError
	if err := w.run(t.Context(), unchecked); !errors.As(err, &no) || !errors.Is(err, down) {
		t.Errorf("setup: %v", err)
	}
	if got := w.writes(); len(got) > 0 || w.deployed(t) != before {
		t.Errorf("it was written: %v", got)
	}
	apply(t, w.read(t, keyed(otherKey)))
	if w.deployed(t) != hashOf(otherKey) {
		t.Error("when HubSpot answers it is not written")
	}
}

func TestWithoutAKey(t *testing.T) {
	w := newWorld(t)
	var no *reconcile.KeyError
	if err := w.run(t.Context(), keyed("")); !errors.As(err, &no) || !errors.Is(err, errNoKey) {
		t.Errorf("a fresh org: %v", err)
	}
	if got := w.writes(); len(got) > 0 {
		t.Errorf("a fresh org: %v", got)
	}
	apply(t, w.read(t, nil))
	w.with(t, "Thank you for calling Acme.", "Welcome.")
	if err := w.run(t.Context(), keyed("")); err != nil {
		t.Errorf("a change that needs no key: %v", err)
	}
}

// What Genesys does not document: where the status of the endpoint stands in a test's answer.
func TestARefusalIsSeenInEveryForm(t *testing.T) {
	for form, answer := range map[string]string{
		"status":      `{"success":false,"error":{"message":"no","status":401}}`,
		"nested":      `{"success":false,"error":{"message":"no","status":400,"errors":[{"status":401}]}}`,
		"text":        `{"success":false,"error":{"message":"The endpoint answered 401.","status":400}}`,
		"of the step": `{"success":false,"operations":[{"name":"call","success":false,"error":{"message":"no","status":401}}]}`,
	} {
		w := newWorld(t)
		apply(t, w.read(t, nil))
		w.with(t, "budget: 3s", "budget: 4s")
		w.gate.instead = func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/test") {
				return answer
			}
			return ""
		}
		w.server.ForgetCalls()
		var no *reconcile.KeyError
		if err := w.run(t.Context(), nil); !errors.As(err, &no) {
			t.Errorf("%s: %v", form, err)
		}
		if got := strings.Join(w.writes(), "\n"); !strings.Contains(got, "PUT /api/v2/integrations/credentials/") {
			t.Errorf("%s: not written again:\n%s", form, got)
		}
	}
}

// A data action is not tried while the credential behind it is being written: between a client's new secret and the
// credential that takes it, the platform refuses what is right, and the secret would be made once more for nothing.
func TestActionsAreTriedAfterTheirCredentialIsWritten(t *testing.T) {
	made := newWorld(t)
	apply(t, made.read(t, nil))
	st := made.server.State()
	for id, e := range st.Entities["actions"] {
		if name, _ := e.Body["name"].(string); strings.Contains(name, "trip breaker") {
			delete(st.Entities["actions"], id)
		}
	}
	for _, e := range st.Entities["credentials"] { // as a run leaves it that ended early
		if e.Body["name"] == "acme-inbound runtime client" {
			e.Hidden["clientId"] = "nobody"
		}
	}
	w := newWorldOf(t, st)
	w.setRow(t, "deployment", "credentialGeneration", 0)
	if got := changes(w.read(t, nil).Plan()); !strings.Contains(got, "update credential") || !strings.Contains(got, "create dataAction") {
		t.Fatalf("the plan is another one:\n%s", got)
	}
	tried, once := make(chan struct{}), sync.Once{}
	next := w.gate.next
	w.gate.next = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/integrations/credentials/"):
			select { // long enough for a test run that does not wait
			case <-tried:
			case <-time.After(300 * time.Millisecond):
			}
		case strings.HasSuffix(r.URL.Path, "/draft/test"):
			defer once.Do(func() { close(tried) })
		}
		next.ServeHTTP(rw, r)
	})
	apply(t, w.read(t, nil))
	if row := w.row(t, "deployment"); row["credentialGeneration"] != 1.0 {
		t.Errorf("the record says generation %v", row["credentialGeneration"])
	}
}
