package doctor

import (
	"fmt"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Series is a read that was repeated to see how long its answers take.
type Series struct {
	Name   string        // such as find-contact
	Wait   time.Duration // that the flow waits for it at most; 0: no caller waits for this
	Took   []time.Duration
	Failed []string // why others gave no answer that counts
	Late   int      // of Took: no answer came in that time
	Asked  int      // how many were to be made
	Stop   string   // why fewer were made; empty: none were left out
}

// A Latency is a series in percentiles. Those of few answers are what they are: of ten, the p95 is the
// slowest.
type Latency struct {
	Name               string
	Wait               time.Duration
	Answers            int // that counted
	Failed, Late       int
	P50, P95, P99, Max time.Duration // 0 without answers
}

// Percentiles sums a series up, by the nearest rank.
func (s Series) Percentiles() Latency {
	out := Latency{Name: s.Name, Wait: s.Wait, Answers: len(s.Took), Failed: len(s.Failed), Late: s.Late}
	took := slices.Sorted(slices.Values(s.Took))
	rank := func(percent int) time.Duration {
		if len(took) == 0 {
			return 0
		}
		return took[max((len(took)*percent+99)/100, 1)-1]
	}
	out.P50, out.P95, out.P99, out.Max = rank(50), rank(95), rank(99), rank(100)
	return out
}

// FromHere is what the figures of latency rest on.
const FromHere = "latency is measured from this machine, over a connection that stays open; calls ask HubSpot from Genesys Cloud's region, which adds some time of its own"

func latencyTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-101", Severity: diag.Warning, Title: "answers take longer than callers wait",
			Text: "More than one answer in twenty came later than the flow waits for it, as far as one can tell from here: such a caller goes the way of `lookup_failed`, and the breaker opens. It is an error where half of the answers come too late. " +
				"The flow waits for the contact `enrichment.budget` less a second, and one second for the deals. Genesys Cloud asks from its own region, not from this machine: repeat it near that region before you raise the budget.",
		},
		{
			Code: "DR-DOC-102", Severity: diag.Warning, Title: "probes that were not answered",
			Text: "The same read was answered at other times, or not at all; such an answer is in no percentile. A 429 means that others search the account at this moment: five searches a second are shared by all its apps, and `doctor` makes two at most.",
		},
		{
			Code: "DR-DOC-103", Severity: diag.Info, Title: "latency that was not measured, or by few answers",
			Text: "The time of the command ran out, or there was nothing to measure with. Give it more with `--timeout`, or ask for less with `--probes`.",
		},
	}
}

func (in Input) latency() (out diag.Findings) {
	for _, s := range in.Series {
		l := s.Percentiles()
		if len(s.Failed) > 0 {
			out = append(out, find("DR-DOC-102", "run it again at another hour; a limit is shared with all apps of the account", "%d of %d probes of %s gave no answer that counts: %s", len(s.Failed), len(s.Failed)+len(s.Took), s.Name, s.Failed[0]))
		}
		if s.Stop != "" {
			out = append(out, find("DR-DOC-103", "", "of %s %d of %d probes were made: %s", s.Name, len(s.Failed)+len(s.Took), s.Asked, s.Stop))
		}
		if s.Wait == 0 || l.Answers == 0 || l.P95 <= s.Wait {
			continue
		}
		f := find("DR-DOC-101", "run it near Genesys Cloud's region; if it stays so, raise enrichment.budget", "%s: p95 is %s, and the flow waits %s", s.Name, ms(l.P95), ms(s.Wait))
		if l.P50 > s.Wait {
			f.Severity, f.Message = diag.Error, fmt.Sprintf("%s: half of the answers take longer than %s, and the flow waits %s", s.Name, ms(l.P50-1), ms(s.Wait))
		}
		out = append(out, f)
	}
	return out
}

// ms writes a time as milliseconds, those below one with two decimals.
func ms(d time.Duration) string {
	if d < time.Millisecond {
		return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
