package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
)

// Calls take of HubSpot's searches, too: a test run that the limit refuses is made again when it has passed,
// and one that goes on being refused says so.
func TestATestRunOutlastsALimit(t *testing.T) {
	for name, c := range map[string]struct {
		rule hubspottest.Rule
		done bool
	}{
		"for a while": {hubspottest.Rule{Fault: hubspottest.FaultSecondly, First: 1, Last: 3}, true},
		"for good":    {hubspottest.Always("", hubspottest.FaultSecondly), false},
	} {
		w := newWorld(t)
		w.crm.Fail(c.rule)
		before := time.Duration(w.waited.Load())
		err := w.run(t.Context(), nil)
		waited := time.Duration(w.waited.Load()) - before
		switch {
		case c.done && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.done && waited < 3*time.Second:
			t.Errorf("%s: waited %s for three refusals", name, waited)
		case !c.done && (err == nil || !strings.Contains(err.Error(), "its test run failed") || !strings.Contains(err.Error(), "429")):
			t.Errorf("%s: %v", name, err)
		}
	}
}
