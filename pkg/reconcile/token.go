package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Where access tokens are renewed from outside, two things are written: the credential and a row
// that says until when the flow may use what it holds. The row never claims more than the
// credential holds, wherever a run ends: it comes last, and first when the new token ends before
// the old one. So a run that ends in between leaves a row that claims less, and calls go without
// HubSpot sooner than they need to.

// A Token is an access token and until when a call may begin to use it.
type Token struct {
	Value secret.Value
	Until time.Time
}

// tokenForm is how the row says a time. The flow reads no other form.
const tokenForm = "2006-01-02T15:04:05Z"

// tokenRow is the row that says until when the token in a credential may be used.
func tokenRow(credential genesys.Entity) (genesys.Key, bool) {
	for _, need := range credential.Needs {
		if _, key := splitRow(need.Name); need.Kind == genesys.DataTableRow && key == genesys.TokenRow && credential.Token != "" {
			return need, true
		}
	}
	return genesys.Key{}, false
}

// tokenOf gets a token for a credential.
func (r *run) tokenOf(ctx context.Context, d genesys.Entity) (Token, error) {
	if r.Token == nil {
		return Token{}, fmt.Errorf("nobody gets a token for credential %q", d.Key.Name)
	}
	t, err := r.Token(ctx, d.Key)
	if err != nil {
		return Token{}, &KeyError{d.Key, err}
	}
	return t, nil
}

// claimLess takes back what the row claims beyond the end of a token that is about to be
// written.
func (r *run) claimLess(ctx context.Context, d genesys.Entity, t Token) error {
	return r.claim(ctx, d, t, func(now string) bool {
		claimed, err := time.Parse(time.RFC3339, now)
		return err == nil && claimed.After(t.Until)
	})
}

// claimed says until when the token that was written may be used.
func (r *run) claimed(ctx context.Context, d genesys.Entity, t Token) error {
	return r.claim(ctx, d, t, func(string) bool { return true })
}

func (r *run) claim(ctx context.Context, d genesys.Entity, t Token, when func(now string) bool) error {
	key, ok := tokenRow(d)
	if !ok {
		return nil
	}
	table, rowKey, err := r.rows.table(r, key.Name)
	if err == nil {
		err = r.writeToken(ctx, table, rowKey, t.Until.UTC().Format(tokenForm), when)
	}
	if err != nil {
		return fmt.Errorf("write %s into control row %q: %w", genesys.TokenExpiry, rowKey, err)
	}
	return nil
}

func (r *run) writeToken(ctx context.Context, table, key, until string, when func(now string) bool) error {
	t := &Table{rows: r.rows.org, id: table}
	return r.lagging(ctx, func() error { // what setup has just made is not seen everywhere yet
		now, there, err := t.Row(ctx, key)
		if said := text(now[genesys.TokenExpiry]); err != nil || !when(said) || said == until {
			return err
		}
		row := map[string]any{"key": key}
		maps.Copy(row, now)
		row[genesys.TokenExpiry] = until
		return t.write(ctx, key, row, there)
	})
}

// ErrNotSetUp says that an org does not have what a token is written into.
var ErrNotSetUp = errors.New("the org does not have what a token is written into")

// A Renewal is what was done with a token.
type Renewal struct {
	ID    genesys.Identity // who did it, and in which org
	Until time.Time
}

// Renew puts a new access token into the credential of a deployment and then says until when it
// may be used. What it writes into must be there: setup makes it.
func Renew(ctx context.Context, org Org, cfg Config) (Renewal, error) {
	r := &run{Config: cfg, name: cfg.Name, desired: cfg.Desired, ids: map[genesys.Ref]string{}, own: map[string]bool{}}
	r.meet(org)
	var err error
	if r.id, err = org.Who(ctx); err != nil {
		return Renewal{}, fmt.Errorf("ask who this client is: %w", err)
	}
	if cfg.OrgPin != "" && cfg.OrgPin != r.id.OrgName && cfg.OrgPin != r.id.OrgID {
		return Renewal{}, &WrongOrgError{Want: cfg.OrgPin, Got: r.id.OrgName, ID: r.id.OrgID}
	}
	var d genesys.Entity
	for _, e := range r.desired {
		if e.Token != "" {
			d = e
		}
	}
	row, ok := tokenRow(d)
	if !ok {
		return Renewal{}, errors.New("the deployment has no token that is renewed from outside")
	}
	table, _ := splitRow(row.Name)
	held, err := FindTable(ctx, org, cfg.Name, table)
	if err != nil {
		return Renewal{}, err
	}
	r.know(genesys.Key{Kind: genesys.DataTable, Name: table}, "id", held.id)
	id, err := r.onlyOne(ctx, d.Key)
	if err != nil {
		return Renewal{}, err
	}
	t, err := r.writeCredential(ctx, d, func(body map[string]any) error {
		_, err := org.Update(ctx, genesys.Credential, id, body)
		return err
	})
	if err != nil {
		return Renewal{}, err
	}
	return Renewal{ID: r.id, Until: t.Until}, nil
}

// onlyOne finds the one entity whose name is its mark.
func (r *run) onlyOne(ctx context.Context, k genesys.Key) (string, error) {
	all, err := r.org.Find(ctx, k.Kind, k.Name)
	switch {
	case err != nil:
		return "", fmt.Errorf("look up %s: %w", k, err)
	case len(all) == 0:
		return "", fmt.Errorf("%w: there is no %s", ErrNotSetUp, k)
	case len(all) > 1:
		return "", fmt.Errorf("%w: there are %d of %s, where one is expected", ErrNotSetUp, len(all), k)
	}
	return all[0].ID, nil
}

// writeCredential writes a credential that holds a token, with a new one, and what the row says
// of it.
func (r *run) writeCredential(ctx context.Context, d genesys.Entity, write func(body map[string]any) error) (Token, error) {
	body, err := r.body(d)
	if err != nil {
		return Token{}, err
	}
	t, err := r.tokenOf(ctx, d)
	if err != nil {
		return Token{}, err
	}
	if err := r.claimLess(ctx, d, t); err != nil {
		return Token{}, err
	}
	body["credentialFields"] = map[string]any{d.Token: t.Value.Reveal()}
	if err := write(body); err != nil {
		return Token{}, fmt.Errorf("write credential %q: %w", d.Key.Name, err)
	}
	return t, r.claimed(ctx, d, t)
}

// updateToken is the update of a credential that holds a token.
func (k credentialKind) updateToken(ctx context.Context, r *run, c plan.Change, d genesys.Entity) error {
	if err := r.valueIsOnItsWay(ctx, d); err != nil {
		return err
	}
	if _, err := r.writeCredential(ctx, d, func(body map[string]any) error {
		_, err := k.org.Update(ctx, genesys.Credential, c.ID, body)
		return err
	}); err != nil {
		return err
	}
	return r.valueIsWritten(ctx, d)
}

// createToken is the creation of such a credential.
func (k credentialKind) createToken(ctx context.Context, r *run, d genesys.Entity) (string, error) {
	if err := r.valueIsOnItsWay(ctx, d); err != nil {
		return "", err
	}
	var id string
	if _, err := r.writeCredential(ctx, d, func(body map[string]any) (err error) {
		id, err = r.settled(ctx,
			func() (genesys.Object, error) { return k.org.Create(ctx, genesys.Credential, body) },
			lookup(ctx, k.org, genesys.Credential, d.Key.Name, nil))
		return err
	}); err != nil {
		return "", err
	}
	return id, r.valueIsWritten(ctx, d)
}
