package genesystest

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

func figureHandlers() map[string]handler {
	return map[string]handler{"POST /api/v2/analytics/actions/aggregates/query": (*call).actionFigures}
}

// mostRuns bounds how many runs are kept: the state of a sandbox is a file.
const mostRuns = 500

// count keeps a run of a data action, a test included. Assumed: the platform counts tests, and
// names what it met in errorType; Genesys documents neither.
func (s *Server) count(action string, r *dataaction.Result) {
	body := map[string]any{"responseStatus": "", "errorType": "", "ms": float64(r.Elapsed.Milliseconds()), "count": 1.0}
	if r.Err != nil && r.Err.Status != 0 {
		body["responseStatus"] = strconv.Itoa(r.Err.Status)
	}
	switch {
	case r.TimedOut:
		body["errorType"] = "TIMEOUT"
	case r.Err != nil:
		body["errorType"] = cmp.Or(r.Err.ErrorCode, "ERROR")
	default:
		body["responseStatus"] = "200"
	}
	s.keepRun(action, body)
}

func (s *Server) keepRun(action string, body map[string]any) {
	body["actionId"], body["at"] = action, s.stamp()
	s.state.put(runs, fmt.Sprintf("run %d", s.state.Seq+1), body)
	if all := s.state.all(runs); len(all) > mostRuns {
		s.state.remove(runs, all[0].ID)
	}
}

func (s *Server) seedRuns(x SeedRuns) {
	for _, a := range s.state.all(actions) {
		if isPublished(a) && strings.HasPrefix(a.name(), x.Action) {
			body := map[string]any{"responseStatus": "", "errorType": x.ErrorType, "ms": float64(x.Time.Milliseconds()), "count": float64(x.Count)}
			if x.Status != 0 {
				body["responseStatus"] = strconv.Itoa(x.Status)
			}
			s.keepRun(a.ID, body)
		}
	}
}

// actionFigures counts runs in one interval, without granularity. A filter is any of some action ids.
func (c *call) actionFigures() (int, any, error) {
	from, to, _ := strings.Cut(str(c.body["interval"]), "/")
	begin, err := time.Parse(time.RFC3339, from)
	end, err2 := time.Parse(time.RFC3339, to)
	if err != nil || err2 != nil || !begin.Before(end) {
		return 0, nil, failed(http.StatusBadRequest, "invalid.date", "The interval %q is none", c.body["interval"])
	}
	var wanted []string
	for _, p := range list(object(c.body["filter"])["predicates"]) {
		if dimension := str(object(p)["dimension"]); dimension != "actionId" {
			return 0, nil, failed(http.StatusBadRequest, "bad.request", "This emulator filters by actionId, not by %s", dimension)
		}
		wanted = append(wanted, str(object(p)["value"]))
	}
	type sum struct {
		group map[string]any
		times []float64
	}
	var order []string
	groups := map[string]*sum{}
	for _, run := range c.s.state.all(runs) {
		at, _ := time.Parse(time.RFC3339, str(run.Body["at"]))
		if at.Before(begin) || !at.Before(end) || len(wanted) > 0 && !slices.Contains(wanted, str(run.Body["actionId"])) {
			continue
		}
		group, key := map[string]any{}, ""
		for _, by := range list(c.body["groupBy"]) {
			v := str(run.Body[str(by)])
			if v != "" {
				group[str(by)] = v
			}
			key += v + "\x00"
		}
		if groups[key] == nil {
			groups[key] = &sum{group: group}
			order = append(order, key)
		}
		for range integer(run.Body["count"]) {
			ms, _ := run.Body["ms"].(float64)
			groups[key].times = append(groups[key].times, ms)
		}
	}
	slices.Sort(order)
	results := []any{}
	for _, key := range order {
		g := groups[key]
		slices.Sort(g.times)
		total := 0.0
		for _, ms := range g.times {
			total += ms
		}
		n := len(g.times)
		results = append(results, map[string]any{"group": g.group, "data": []any{map[string]any{"interval": c.body["interval"], "metrics": []any{map[string]any{
			"metric": "tTotalExecution",
			"stats":  map[string]any{"count": n, "sum": total, "min": g.times[0], "max": g.times[n-1], "p95": math.Ceil(g.times[(n*95+99)/100-1])},
		}}}}})
	}
	return ok(map[string]any{"results": results})
}
