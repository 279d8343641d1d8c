package genesystest

import (
	"math/big"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// The numbers of a Seed lie in one pool of their own; other pools are made by requests.
const seededPool = "pool-1"

// maxPool is how many numbers a pool may have here; Genesys names no limit.
const maxPool = 10_000

func numberHandlers() map[string]handler {
	const t = "/api/v2/telephony/providers/edges/"
	return map[string]handler{
		"GET " + t + "didpools/dids": (*call).didList,
		"GET " + t + "dids":          (*call).assignedList,
		"GET " + t + "dids/{didId}":  (*call).assignedGet,
	}
}

// span gives the first and the last number of a pool.
func span(pool map[string]any) (first, last *big.Int) {
	number := func(field string) *big.Int {
		digits, found := strings.CutPrefix(str(pool[field]), "+")
		n, isNumber := new(big.Int).SetString(digits, 10)
		if !found || !isNumber || len(digits) > 15 || n.Sign() <= 0 {
			return nil
		}
		return n
	}
	return number("startPhoneNumber"), number("endPhoneNumber")
}

// numbersOf lists the numbers of a pool.
func numbersOf(pool map[string]any) []string {
	first, last := span(pool)
	if first == nil || last == nil {
		return nil
	}
	var out []string
	for n := new(big.Int).Set(first); n.Cmp(last) <= 0; n.Add(n, big.NewInt(1)) {
		out = append(out, "+"+n.String())
	}
	return out
}

// checkPool holds that a pool is a range of E.164 numbers, none of them in another pool.
func (c *call) checkPool(self string) error {
	first, last := span(c.body)
	if first == nil || last == nil || first.Cmp(last) > 0 || new(big.Int).Sub(last, first).Cmp(big.NewInt(maxPool)) >= 0 {
		return failed(http.StatusBadRequest, "general.bad.request", "A pool goes from one E.164 number to a greater one, at most %d", maxPool)
	}
	for _, p := range c.s.state.all(pools) {
		a, z := span(p.Body)
		if p.ID != self && a != nil && z != nil && first.Cmp(z) <= 0 && a.Cmp(last) <= 0 {
			return failed(http.StatusConflict, "general.conflict", "The numbers are in pool %s", p.name())
		}
	}
	for _, n := range numbersOf(c.body) {
		if c.s.state.get(dids, n) != nil {
			return failed(http.StatusConflict, "general.conflict", "The numbers are in pool %s", seededPool)
		}
	}
	return nil
}

func poolIsUsed(c *call, e *entity) error {
	first, last := span(e.Body)
	for _, r := range c.s.state.all(routes) {
		for _, n := range list(r.Body["dnis"]) {
			at, isNumber := new(big.Int).SetString(strings.TrimPrefix(str(n), "+"), 10)
			if isNumber && first != nil && last != nil && at.Cmp(first) >= 0 && at.Cmp(last) <= 0 {
				return failed(http.StatusConflict, "general.conflict", "Number %s of the pool is assigned to %s", n, r.name())
			}
		}
	}
	return nil
}

// pool gives the pool that a number is in, or "".
func (s *Server) pool(number string) string {
	if s.state.get(dids, number) != nil {
		return seededPool
	}
	n, isNumber := new(big.Int).SetString(strings.TrimPrefix(number, "+"), 10)
	for _, p := range s.state.all(pools) {
		first, last := span(p.Body)
		if isNumber && first != nil && last != nil && n.Cmp(first) >= 0 && n.Cmp(last) <= 0 {
			return p.ID
		}
	}
	return ""
}

// A did is a number with whom it belongs to.
type did struct {
	number, pool string
	route        *entity
}

// numbers lists the numbers of all pools.
func (s *Server) numbers() []did {
	owner := map[string]*entity{}
	for _, r := range s.state.all(routes) {
		for _, n := range list(r.Body["dnis"]) {
			owner[str(n)] = r
		}
	}
	var out []did
	for _, d := range s.state.all(dids) {
		out = append(out, did{d.ID, seededPool, owner[d.ID]})
	}
	for _, p := range s.state.all(pools) {
		for _, n := range numbersOf(p.Body) {
			out = append(out, did{n, p.ID, owner[n]})
		}
	}
	return out
}

func (c *call) didList() (int, any, error) {
	var out []any
	for _, d := range c.s.numbers() {
		if !strings.Contains(d.number, strings.TrimPrefix(c.query("numberMatch"), "+")) || c.query("type") == "UNASSIGNED" && d.route != nil {
			continue
		}
		entry := map[string]any{"number": d.number, "assigned": d.route != nil, "didPool": map[string]any{"id": d.pool}}
		if d.route != nil {
			entry["ownerType"], entry["owner"] = "IVR_CONFIG", map[string]any{"id": d.route.ID, "name": d.route.name()}
		}
		out = append(out, entry)
	}
	return ok(c.page(out))
}

// assigned is a number as an entity, which it is only while it is assigned.
func assigned(d did) map[string]any {
	return map[string]any{
		"id": uuid.NewSHA1(idSpace, []byte("did "+d.number)).String(), "name": d.number, "phoneNumber": d.number, "state": "active",
		"didPool": map[string]any{"id": d.pool}, "owner": map[string]any{"id": d.route.ID, "name": d.route.name()}, "ownerType": "IVR_CONFIG",
	}
}

func (c *call) assignedList() (int, any, error) {
	var out []any
	for _, d := range c.s.numbers() {
		if d.route == nil || !strings.Contains(d.number, strings.TrimPrefix(c.query("phoneNumber"), "+")) ||
			c.query("owner.id") != "" && c.query("owner.id") != d.route.ID || c.query("didPool.id") != "" && c.query("didPool.id") != d.pool {
			continue
		}
		out = append(out, assigned(d))
	}
	return ok(c.page(out))
}

func (c *call) assignedGet() (int, any, error) {
	for _, d := range c.s.numbers() {
		if d.route != nil {
			if a := assigned(d); a["id"] == c.params[0] {
				return ok(a)
			}
		}
	}
	return 0, nil, notFound("DID", c.params[0])
}
