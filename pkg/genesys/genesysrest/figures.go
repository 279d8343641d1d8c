package genesysrest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	sdk "github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
	"golang.org/x/sync/errgroup"
)

// figures are what the platform counted of data actions. An interval in which nothing ran has an empty
// list of results.
type figures struct {
	Results *[]struct {
		Group map[string]string
		Data  []struct {
			Metrics []struct {
				Metric string
				Stats  struct {
					Count int64
					Max   *float64
					P95   *float64 `json:"p95"`
				}
			}
		}
	}
}

func (f *figures) lacks() string {
	if f.Results == nil {
		return "results"
	}
	return ""
}

// ActionRuns gives how often data actions ran between two times, how often they failed, and how
// long they took. The platform counts by action, and a second time by status and error: a percentile
// of parts is none of the whole. Genesys documents neither the words of errorType nor what
// responseStatus holds of a run that got no answer: what has an error or no status below 400 failed, and
// what says timeout, or has status 408 or 504, timed out.
func (c *Client) ActionRuns(ctx context.Context, from, to time.Time, ids []string) (map[string]genesys.ActionRuns, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var whole, parts figures
	g, ctx := errgroup.WithContext(ctx)
	for into, by := range map[*figures][]any{&whole: {"actionId"}, &parts: {"actionId", "responseStatus", "errorType"}} {
		g.Go(func() error { return c.figures(ctx, from, to, ids, by, into) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := map[string]genesys.ActionRuns{}
	for _, r := range *whole.Results {
		runs := out[r.Group["actionId"]]
		for _, d := range r.Data {
			for _, m := range d.Metrics {
				if m.Metric != totalExecution {
					continue
				}
				runs.Calls += int(m.Stats.Count)
				if m.Stats.P95 != nil {
					p95 := time.Duration(*m.Stats.P95 * float64(time.Millisecond))
					runs.P95 = max(runs.P95, p95)
				}
			}
		}
		out[r.Group["actionId"]] = runs
	}
	for _, r := range *parts.Results {
		runs := out[r.Group["actionId"]]
		failed, late := judged(r.Group["responseStatus"], r.Group["errorType"])
		for _, d := range r.Data {
			for _, m := range d.Metrics {
				if n := int(m.Stats.Count); m.Metric == totalExecution && failed {
					runs.Failures += n
					if late {
						runs.Timeouts += n
					}
				}
			}
		}
		out[r.Group["actionId"]] = runs
	}
	delete(out, "")
	return out, nil
}

const totalExecution = "tTotalExecution"

// judged says of a group of runs whether they failed, and whether for want of time.
func judged(status, errorType string) (failed, late bool) {
	code, err := strconv.Atoi(status)
	switch {
	case strings.Contains(strings.ToLower(errorType), "timeout"), code == http.StatusRequestTimeout, code == http.StatusGatewayTimeout:
		return true, true
	case errorType != "" && !strings.EqualFold(errorType, "none"), err == nil && code >= http.StatusBadRequest:
		return true, false
	}
	return false, false
}

func (c *Client) figures(ctx context.Context, from, to time.Time, ids []string, by []any, into *figures) error {
	const form = "2006-01-02T15:04:05.000Z"
	predicates := make([]any, 0, len(ids))
	for _, id := range ids {
		predicates = append(predicates, map[string]any{"type": "dimension", "dimension": "actionId", "operator": "matches", "value": id})
	}
	query := map[string]any{
		"interval": from.UTC().Format(form) + "/" + to.UTC().Format(form), "groupBy": by, "metrics": []any{totalExecution},
		"filter": map[string]any{"type": "or", "predicates": predicates},
	}
	return c.call(ctx, request{body: query, repeat: true, op: func(a apis, b *body) error {
		return sent(a.analytics().PostAnalyticsActionsAggregatesQuery(as[sdk.Actionaggregationquery](b)))
	}}, into)
}
