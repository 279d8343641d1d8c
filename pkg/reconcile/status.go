package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// A Condition is how an entity of the org stands to the deployment file.
type Condition string

// The conditions. An entity that is ours and in none of the others is in sync.
const (
	InSync    Condition = "inSync"
	Pending   Condition = "pending"   // the file changed, the org did not
	Drifted   Condition = "drifted"   // the org changed
	Missing   Condition = "missing"   // must exist and does not
	Foreign   Condition = "foreign"   // our name, not our mark
	Duplicate Condition = "duplicate" // a second one of ours
)

// A Side is which of the two, org and file, changed since setup wrote an entity.
type Side string

// The sides. It is empty for what is in sync.
const (
	File    Side = "file"
	OrgSide Side = "org"
	Both    Side = "both"
	Neither Side = "neither" // an earlier run ended before it was done
	Unknown Side = "unknown" // nothing tells
)

// A Standing is how one entity stands.
type Standing struct {
	Key       genesys.Key
	ID        string // empty while it is missing
	Holding   genesys.Holding
	Condition Condition
	Changed   Side
	Fields    []plan.Field // what differs: Old is in the org, New in the file
	Texts     [2]string    // of a flow that differs: what is published and what is rendered, comments and order aside
	By        string       // who changed it last, as far as the platform says
	At        time.Time    // when; zero: it does not say
	Reason    string
	Unstaffed bool
}

// A Health is what the platform reports of an integration of ours.
type Health struct {
	Name, ID string
	Type     string // of the integration
	Intended string // ENABLED, DISABLED
	State    string // ACTIVE, ACTIVATING, INACTIVE, DEACTIVATING, ERROR; empty: the platform does not say
	Message  string
	Since    time.Time // zero: the platform does not say
}

// A touch is who changed something last, and when, as far as a list says.
type touch struct {
	by string
	at time.Time
}

// touched keeps what the platform says of the last change of an object. Genesys: queues, OAuth
// clients and call routes have dateModified and modifiedBy, credentials and scripts a date alone;
// roles, tables, integrations and data actions have neither.
func (r *run) touched(o genesys.Object) {
	t := touch{by: r.who(o.Body["modifiedBy"]), at: moment(o.Body["dateModified"])}
	if app := text(o.Body["modifiedByApp"]); t.by == "" && app != "" {
		t.by = "app " + app
	}
	if t.at.IsZero() {
		t.at = moment(o.Body["modifiedDate"])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touches[o.ID] = t
}

// who is a principal in words: its name, else its id.
func (r *run) who(v any) string {
	id := text(v)
	if m := object(v); m != nil {
		if n := text(m["name"]); n != "" {
			return privacy.Said(n)
		}
		id = text(m["id"])
	}
	if id != "" && id == r.id.ClientID {
		return privacy.Said(r.id.ClientName)
	}
	return privacy.Said(id)
}

// moment reads a date as the platform writes it: RFC 3339, or milliseconds since 1970.
func moment(v any) time.Time {
	switch x := v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, x); err == nil {
			return t.UTC()
		}
		var ms int64
		if n, err := fmt.Sscan(x, &ms); n == 1 && err == nil && ms > 1e11 {
			return time.UnixMilli(ms).UTC()
		}
	case float64:
		if x > 1e11 {
			return time.UnixMilli(int64(x)).UTC()
		}
	}
	return time.Time{}
}

// Health gives what the platform reports of our integrations, by name.
func (r *Reconciler) Health() []Health {
	k, _ := r.run.kinds[genesys.Integration].(*integrationKind)
	var out []Health
	for _, o := range k.all {
		if !r.run.own[o.ID] {
			continue
		}
		state := object(o.Body["reportedState"])
		out = append(out, Health{
			Name: o.Text("name"), ID: o.ID, Type: text(object(o.Body["integrationType"])["id"]), Intended: o.Text("intendedState"),
			State: privacy.Said(text(state["code"])), Message: privacy.Said(text(object(state["detail"])["message"])), Since: moment(state["lastUpdated"]),
		})
	}
	slices.SortFunc(out, func(a, b Health) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out
}

// Standings says of each entity of the plan how it stands, and which of the two changed. It reads
// the published flow when that differs.
func (r *Reconciler) Standings(ctx context.Context) []Standing {
	j := &judge{run: r.run, ctx: ctx, anew: map[genesys.Key]bool{}}
	var out []Standing
	for _, c := range r.plan.Changes {
		j.anew[c.Key] = j.anew[c.Key] || c.Action == plan.Replace
	}
	for _, c := range r.plan.Changes {
		if c.Action == plan.Move { // of a call route of others
			continue
		}
		out = append(out, j.of(c))
	}
	return out
}

// A judge decides which of the two changed.
type judge struct {
	*run
	ctx       context.Context
	divisions map[string]string // names by id, once they are asked for
	anew      map[genesys.Key]bool
}

func (j *judge) of(c plan.Change) Standing {
	d, wanted := j.desired.Get(c.Key)
	s := Standing{Key: c.Key, ID: c.ID, Holding: d.Holding, Condition: InSync, Fields: c.Fields, Reason: c.Reason, Unstaffed: c.Unstaffed}
	if !wanted {
		s.Holding = genesys.Owned
	}
	i := slices.IndexFunc(j.found, func(f plan.Found) bool { return f.Key == c.Key && f.ID == c.ID })
	if i < 0 || c.ID == "" {
		j.missing(&s, d)
		return s
	}
	f := j.found[i]
	switch {
	case c.Action == plan.Delete && c.Reason == plan.Twin:
		s.Condition = Duplicate
	case c.Action == plan.Delete:
		j.leftover(&s)
	case s.Holding == genesys.Reference && c.Blocks: // it cannot serve
		s.Condition, s.Changed = Drifted, Unknown
	case s.Holding != genesys.Owned && c.Action != plan.Update || !wanted: // used as it is, data, or kept
	case !f.Owned:
		s.Condition = Foreign
	case f.Unfinished != "":
		j.unfinished(&s, d, f)
	case c.Again: // its reason says of what
		s.Condition = Pending
	case c.Follows || plan.Dangling(c.Fields):
		j.follows(&s, d)
	case len(c.Fields) > 0:
		j.decide(&s, d, f)
	case c.Action == plan.Update: // it is done once more as it is
		s.Condition, s.Changed = Pending, Neither
	case c.Blocks:
		s.Condition, s.Changed = Drifted, Unknown
	case c.Key.Kind == genesys.CallRoute:
		j.numbers(&s, f)
	}
	if s.Condition == InSync {
		s.Fields = nil
		if s.Reason == plan.AsItIs {
			s.Reason = ""
		}
		return s
	}
	if t := j.touches[f.ID]; s.Condition != Pending {
		s.By, s.At = t.by, t.at
	}
	if c.Key.Kind == genesys.Flow && s.Condition != Foreign && s.Condition != Duplicate {
		j.flow(&s, d, f)
	}
	return s
}

// missing says of what is not there whether somebody took it away. A data action or script that
// the record knows was there; one whose contract or text changed is made beside the old one; and
// what an unchanged flow needs was there when that was published.
func (j *judge) missing(s *Standing, d genesys.Entity) {
	s.Condition, s.Changed, s.Fields = Missing, Unknown, nil
	switch same, deployed := j.flowSame(); {
	case s.Holding == genesys.Reference:
		s.Changed = Unknown
	case strings.Contains(s.Reason, "made beside"):
		s.Condition, s.Changed = Pending, File
	case !deployed:
		s.Changed = Neither
		if s.Reason == "" {
			s.Reason = "not set up yet"
		}
	case same, s.Key.Kind != genesys.Script && unmarked(d) && j.writtenOf(d.Key) != "":
		s.Changed = OrgSide
		switch {
		case s.Reason != "":
		case d.Key.Kind == genesys.CallRoute: // which is made after the flow
			s.Reason = "somebody deleted it, or setup ended before it was made: the file has not changed"
		default:
			s.Reason = "it was there when setup ran last"
		}
	case d.Key.Kind == genesys.DataAction && j.keepsRecordOfWritten():
		s.Condition, s.Changed = Pending, File
		if s.Reason == "" {
			s.Reason = "setup never made it"
		}
	case s.Reason == "":
		s.Reason = "deleted in the org, or new in the file: nothing tells which"
	}
}

// keepsRecordOfWritten reports whether the record says of which data actions setup made.
func (j *judge) keepsRecordOfWritten() bool {
	v, _ := j.recorded(genesys.RecordWritten)
	return text(v) != ""
}

// flowSame reports whether the flow that is deployed is of this very file, by its mark; deployed
// is false when there is none of ours.
func (j *judge) flowSame() (same, deployed bool) {
	for _, f := range j.found {
		d, wanted := j.desired.Get(f.Key)
		if f.Key.Kind != genesys.Flow || !f.Owned || !wanted || d.Holding != genesys.Owned {
			continue
		}
		have, ok := markOf(f.Content)
		want, _ := markOf(d.Content)
		return ok && have.Hash == want.Hash, true
	}
	return false, false
}

// leftover says of what is ours and not in the file which of the two is why.
func (j *judge) leftover(s *Standing) {
	s.Condition, s.Changed = Pending, File
	if s.Key.Kind == genesys.DataTableRow { // of the table of owners, whose rows the file does not hold
		s.Changed = Unknown
		return
	}
	if same, _ := j.flowSame(); same && !strings.Contains(s.Reason, "takes its place") {
		s.Condition, s.Changed = Drifted, OrgSide
		s.Reason = "somebody made it: the file has not changed since setup ran last, and does not name it"
	}
}

// unfinished says of what an update without fields mends whether a person is behind it.
func (j *judge) unfinished(s *Standing, d genesys.Entity, f plan.Found) {
	s.Condition, s.Changed = Pending, Neither
	recorded, _ := j.recorded(genesys.RecordFlow)
	switch {
	case s.Key.Kind == genesys.Flow && text(recorded) != inDoubt:
		s.Condition, s.Changed = Drifted, OrgSide
		p := j.published[f.ID]
		s.Fields = []plan.Field{{Path: "publishedVersion", Old: p.version, New: text(recorded)}}
		have, _ := markOf(f.Content)
		if want, _ := markOf(d.Content); have.Hash != want.Hash {
			s.Changed = Both
		}
	case s.Key.Kind == genesys.Integration && strings.HasPrefix(f.Unfinished, reportsIt):
		s.Condition, s.Changed = Drifted, OrgSide
		for _, h := range (&Reconciler{run: j.run}).Health() {
			if h.ID == f.ID {
				s.Fields = []plan.Field{{Path: "reportedState.code", Old: h.State, New: "ACTIVE"}}
			}
		}
	case f.Unfinished == editedScript:
		s.Condition, s.Changed = Drifted, OrgSide
		s.Fields = []plan.Field{{Path: "versionId", Old: j.version(f.ID), New: j.writtenOf(f.Key)}}
	case f.Unfinished == changedValue:
		s.Changed = File
		s.Reason = "the key that is given here is another than the one that setup wrote"
	}
}

// follows says of what names a missing or replaced entity that nobody changed it itself.
func (j *judge) follows(s *Standing, d genesys.Entity) {
	s.Condition = Pending
	var others []string
	for _, r := range append(genesys.Refs(d.Content), genesys.Refs(d.Text)...) {
		if _, there := j.resolveRef(r); !there || j.anew[r.Key] {
			others = append(others, r.Key.String())
		}
	}
	slices.Sort(others)
	s.Reason = "names what is missing, not ours or to be made anew: " + strings.Join(slices.Compact(others), ", ")
}

// numbers says of a call route that the file gives it numbers which others have.
func (j *judge) numbers(s *Standing, f plan.Found) {
	e, ok := j.File.Get(s.Key)
	want := sortedTexts(e.Content["dnis"])
	have := sortedTexts(f.Content["dnis"])
	if !ok || slices.Equal(have, want) {
		return
	}
	s.Condition, s.Fields = Drifted, []plan.Field{{Path: "dnis", Old: have, New: want}}
	s.Changed = Unknown
}

// decide is the three-way comparison of what differs.
func (j *judge) decide(s *Standing, d genesys.Entity, f plan.Found) {
	file, org, known := j.sides(d, f)
	_, deployed := j.flowSame()
	switch {
	case d.Key.Kind == genesys.Integration && !deployed && len(s.Fields) == 1 && s.Fields[0].Path == "intendedState":
		s.Condition, s.Changed, s.Reason = Pending, Neither, "an earlier run ended before it was enabled"
	case !known:
		s.Condition, s.Changed = Drifted, Unknown
		if s.Key.Kind == genesys.DataTableRow {
			s.Reason = strings.TrimPrefix(s.Reason+", or somebody changed it", ", or ")
		}
	case file && org:
		s.Condition, s.Changed = Drifted, Both
	case file:
		s.Condition, s.Changed = Pending, File
	default: // what the mark cannot show, too
		s.Condition, s.Changed = Drifted, OrgSide
	}
}

// sides says which of the two is not what setup wrote: the hash of that stands in a mark, or in
// the record.
func (j *judge) sides(d genesys.Entity, f plan.Found) (file, org, known bool) {
	have, marked := markOf(f.Content)
	want, _ := markOf(d.Content)
	switch {
	case d.Key.Kind == genesys.Flow && marked:
		recorded, ok := j.recorded(genesys.RecordFlow)
		p := j.published[f.ID]
		return have.Hash != want.Hash, ok && text(recorded) != p.version && p.other != "", true
	case marked:
		return have.Hash != want.Hash, !j.hashes(d, f, func(content map[string]any) bool {
			return genesys.Hash(withoutMarks(content))[:len(have.Hash)] == have.Hash
		}), true
	case d.Key.Kind == genesys.DataAction:
		print := j.writtenOf(d.Key)
		return print != j.print(d), !j.hashes(d, f, func(content map[string]any) bool { return genesys.Hash(content)[:len(print)] == print }), print != ""
	}
	return false, false, false
}

// hashes reports whether what the org holds is what some hash was made of. That was a content with
// references where the org has ids, and with empty members that servers leave out.
func (j *judge) hashes(d genesys.Entity, f plan.Found, equal func(map[string]any) bool) bool {
	for _, home := range []string{"Home", j.id.HomeDivision.Text("name")} {
		content, _ := genesys.Replace(f.Content, j.references(home)).(map[string]any)
		for _, only := range []bool{false, true} {
			if only && d.Key.Kind != genesys.DataTable { // whose columns of others stay
				continue
			}
			if shaped, _ := shape(content, d.Content, only).(map[string]any); equal(shaped) {
				return true
			}
		}
	}
	return false
}

// references gives a function that writes references for ids.
func (j *judge) references(home string) func(string) string {
	if j.divisions == nil {
		j.divisions = map[string]string{}
		if all, err := j.org.Find(j.ctx, genesys.Division, ""); err == nil { // else one that is not home is taken for a change
			for _, o := range all {
				j.divisions[o.ID] = o.Text("name")
			}
		}
	}
	ref := func(k genesys.Kind, name string) string {
		return genesys.Ref{Key: genesys.Key{Kind: k, Name: name}, Field: "id"}.String()
	}
	ids := map[string]string{}
	j.mu.Lock()
	for r, id := range j.ids {
		if r.Field == "id" && r.Key.Kind != genesys.Division && r.Key.Kind != genesys.DataTableRow && len(id) > 8 {
			ids[id] = r.String()
		}
	}
	j.mu.Unlock()
	for id, name := range j.divisions {
		ids[id] = ref(genesys.Division, name)
	}
	ids[j.id.HomeDivision.ID] = ref(genesys.Division, home)
	var pairs []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		pairs = append(pairs, id, ids[id])
	}
	return strings.NewReplacer(pairs...).Replace
}

// shape gives a content of the org the members that are empty in the file's and that the org leaves
// out, and takes away those that are empty only in the org; only leaves nothing else that the file's has not.
func shape(have, want any, only bool) any {
	h, isMap := have.(map[string]any)
	w, also := want.(map[string]any)
	if !isMap || !also {
		return have
	}
	out := map[string]any{}
	for k, v := range h {
		if _, named := w[k]; named || !only && !isEmpty(v) {
			out[k] = shape(v, w[k], only)
		}
	}
	for k, v := range w {
		if isEmpty(v) && isEmpty(out[k]) {
			out[k] = v
		}
	}
	return out
}

func isEmpty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case bool:
		return !x
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// markOf finds the mark in a content: in its description, or the notes of its configuration.
func markOf(content map[string]any) (genesys.Mark, bool) {
	for _, t := range []any{content["description"], object(content["config"])["notes"]} {
		if m, ok := genesys.FindMark(text(t)); ok {
			return m, true
		}
	}
	return genesys.Mark{}, false
}

// withoutMarks takes away what was written after the hash was made.
func withoutMarks(content map[string]any) map[string]any {
	out := maps.Clone(content)
	if only(text(out["description"])) {
		delete(out, "description")
	}
	if config := object(out["config"]); config != nil && only(text(config["notes"])) {
		config = maps.Clone(config)
		delete(config, "notes")
		out["config"] = config
	}
	return out
}

// only reports whether a text is a mark and nothing else.
func only(text string) bool {
	m, ok := genesys.FindMark(text)
	return ok && m.String() == text
}

// flow gives the lines that differ, and who published.
func (j *judge) flow(s *Standing, d genesys.Entity, f plan.Found) {
	p := j.published[f.ID]
	if s.Condition != Pending {
		s.By, s.At = p.by, p.at
	}
	theirs, err := j.flowKind.export(j.ctx, j.run, f.ID)
	if err != nil {
		j.warn("the published flow could not be read, so its lines are not shown: %v", err)
		return
	}
	ours, _ := genesys.Resolve(d.Text, j.resolveRef)
	s.Texts[0], s.Texts[1] = FlowLines(theirs, ours)
}

// ControlRow gives a row of the control table as it was read; nil when it is not there.
func (r *Reconciler) ControlRow(name string) map[string]any {
	i := slices.IndexFunc(r.run.found, func(f plan.Found) bool {
		return f.Key == genesys.Key{Kind: genesys.DataTableRow, Name: name}
	})
	if i < 0 {
		return nil
	}
	return r.run.found[i].Content
}
