package starter

import (
	"slices"
	"strconv"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Found is what could be read of the accounts; nil is what could not.
type Found struct {
	Account *Account
	Org     *Org
}

// An Account is what a HubSpot account has of what a deployment names.
type Account struct {
	Emulated  bool   // nothing of it is pinned: the real account is another one
	Portal    string // its number; empty: not told
	Currency  string // of the company; empty: not told
	Owners    int    // how many people records can belong to; 0: nobody, or not told
	Pipelines []hubspot.Pipeline
	Contacts  []Property // definitions; nil: not told
	Deals     []Property
}

// A Property is the definition of a property.
type Property struct {
	Name, Label, Type string
	Hidden, Unique    bool
	Options           []string // values of a select
}

// An Org is what a Genesys Cloud org has of what a deployment names.
type Org struct {
	Emulated       bool
	Name           string
	Queues         []string
	Skills         []string
	ScheduleGroups []string
	Free           []string // numbers that nothing uses, E.164
}

func (a *Account) pipelines() []hubspot.Pipeline {
	if a == nil || len(a.Pipelines) == 0 {
		return []hubspot.Pipeline{hubspot.DefaultPipeline()}
	}
	return a.Pipelines
}

func (a *Account) whose() string {
	if a == nil || len(a.Pipelines) == 0 {
		return "HubSpot's default pipeline"
	}
	return "the account"
}

// A Stage is a stage with its pipeline, for a person to choose.
type Stage struct {
	ID, Label, Pipeline string
	Late                bool // near the end of its pipeline
}

// lateFrom is the probability from which a deal is near its end.
const lateFrom = 0.7

// OpenStages lists the stages that a rule can ask for of open deals, those of the default pipeline
// where no account was read.
func OpenStages(a *Account) []Stage {
	var out []Stage
	for _, p := range a.pipelines() {
		for _, s := range openStages(p) {
			probability, err := strconv.ParseFloat(s.Probability, 64)
			out = append(out, Stage{s.ID, clean(s.Label), clean(p.Label), err == nil && probability >= lateFrom})
		}
	}
	return out
}

func openStages(p hubspot.Pipeline) []hubspot.Stage {
	return slices.DeleteFunc(slices.Clone(p.Stages), func(s hubspot.Stage) bool { return s.Closed || !usable(s.ID) })
}
