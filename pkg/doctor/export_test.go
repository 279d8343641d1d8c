package doctor

import (
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Called is a number of a contact, and which contact counts for whoever calls from it.
type Called struct{ Number, Owner, Counts string }

// CalledOf are the numbers of a sample under the deployment's own lookup.
func CalledOf(d *deployment.Deployment, s hubspot.Sample, now time.Time) (out []Called) {
	m := &matching{d: d, l: d.HubSpot.Lookup, now: now, sample: byID(s.Contacts)}
	m.pool = newPool(byID(append(s.Contacts, s.Twins...)), m.l.Property)
	m.units()
	find := m.searching(m.l.Match)
	if !m.l.Searches() {
		find = m.keyed(m.pool, m.l.Property)
	}
	for _, u := range m.all {
		if u.callable {
			f := routing.FactsOf(d.Policy(), find(u.number), nil, now)
			out = append(out, Called{u.number.E164(), u.contact.ID, f.ContactID})
		}
	}
	return out
}

// ReadField reads what somebody wrote into a field.
func ReadField(text, calculated string, home ...string) ([]phone.Number, Flaw) {
	return field{text, calculated}.read(home)
}

// ShareOf is a share with its interval.
func ShareOf(count, of int) Share { return share(count, of) }
