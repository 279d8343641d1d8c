package jsonpath

import (
	"errors"
	"fmt"
)

// Find answers the path for a document: the value of a definite path, the array of matches of
// any other. Errors are of type *Error; one that is ErrNotFound means that the path leads
// nowhere, any other that a function or filter cannot be applied.
func (p *Path) Find(doc Value) (Value, error) { return p.FindWithin(doc, DefaultBudget) }

// FindWithin is Find for a path that may visit only so many values.
func (p *Path) FindWithin(doc Value, budget int) (Value, error) {
	if v, done, ok := p.plain(doc); done {
		if !ok {
			return Value{}, &Error{Path: p.text, Offset: -1, Message: ErrNotFound.Error(), notFound: true}
		}
		return v, nil
	}
	e := &evaluation{root: doc, budget: &budget}
	v, err := e.path(p, doc)
	if left := maxAnswer; err == nil && !p.definite && !v.within(&left) {
		err = faultf(hard, "the path finds more than %d MB", maxAnswer>>20)
	}
	if err != nil {
		return Value{}, &Error{Path: p.text, Offset: -1, Message: err.Error(), notFound: isFault(err, notFound)}
	}
	return v, nil
}

// within takes the size of a value from what is left, and is false when that is too little. A
// deep scan finds what lies in what it has found: the answer may be a thousand times the
// document.
func (v Value) within(left *int) bool {
	if *left -= 1 + len(v.text); *left < 0 {
		return false
	}
	if v.list == nil {
		return true
	}
	for i, item := range v.list.items {
		if v.list.names != nil {
			*left -= len(v.list.names[i])
		}
		if !item.within(left) {
			return false
		}
	}
	return true
}

// plain answers the commonest paths, single names and indexes only, without an evaluation.
// done is false for a path that is not of this form.
func (p *Path) plain(v Value) (_ Value, done, ok bool) {
	for i := range p.steps {
		s := &p.steps[i]
		switch {
		case s.kind == stepNames && len(s.names) == 1:
			if v, ok = v.Get(s.names[0]); !ok {
				return Value{}, true, false
			}
		case s.kind == stepIndexes && len(s.indexes) == 1:
			if v.kind != Array {
				return Value{}, true, false
			}
			v = v.item(s.indexes[0])
		default:
			return Value{}, false, false
		}
	}
	return v, true, true
}

// item is the item at an index, counted from the end when negative. Outside the array it is
// null: Jackson's tree says so, and so a definite path that ends in it is found.
func (v Value) item(i int) Value {
	if i < 0 {
		i += v.Len()
	}
	if i < 0 || i >= v.Len() {
		return Value{}
	}
	return v.list.items[i]
}

type faultKind uint8

const (
	notFound   faultKind = iota // a filter takes it for "no", a wildcard passes over it
	invalid                     // a filter takes it for "no"
	outOfRange                  // passed over below an index
	hard                        // ends the evaluation
)

type fault struct {
	kind    faultKind
	message string
}

func (f *fault) Error() string { return f.message }

func faultf(k faultKind, format string, args ...any) error {
	return &fault{kind: k, message: fmt.Sprintf(format, args...)}
}

func isFault(err error, kinds ...faultKind) bool {
	var f *fault
	ok := errors.As(err, &f)
	for _, k := range kinds {
		if ok && f.kind == k {
			return true
		}
	}
	return false
}

// An evaluation is one run of a path. Paths inside filters and arguments get their own, with
// the same root and budget.
type evaluation struct {
	root    Value
	steps   []step
	results []Value
	require bool // names must exist, as in a filter that only asks whether a path leads somewhere
	budget  *int

	handed bool // a deep scan handed items of an array to the last step, see visit
	index  int  // which item it was
}

// path evaluates p for doc and gives its answer.
func (e *evaluation) path(p *Path, doc Value) (Value, error) { return e.run(p, doc, false) }

func (e *evaluation) run(p *Path, doc Value, require bool) (Value, error) {
	if !require {
		if v, done, ok := p.plain(doc); done {
			if !ok {
				return Value{}, faultf(notFound, "%v", ErrNotFound)
			}
			return v, nil
		}
	}
	sub := &evaluation{root: e.root, steps: p.steps, require: require, budget: e.budget}
	if err := sub.from(0, doc); err != nil {
		return Value{}, err
	}
	if !p.definite {
		return List(sub.results...), nil
	}
	if len(sub.results) == 0 {
		return Value{}, faultf(notFound, "%v", ErrNotFound)
	}
	return sub.results[len(sub.results)-1], nil
}

func (e *evaluation) spend() error {
	if *e.budget--; *e.budget < 0 {
		return faultf(hard, "the path visits too many values")
	}
	return nil
}

// from applies the steps from i on to v.
func (e *evaluation) from(i int, v Value) error {
	if i == len(e.steps) {
		if len(e.results) == maxResults {
			return faultf(hard, "the path finds more than %d values", maxResults)
		}
		e.results = append(e.results, v)
		return nil
	}
	if err := e.spend(); err != nil {
		return err
	}
	s := &e.steps[i]
	switch s.kind {
	case stepNames:
		return e.names(i, v)
	case stepIndexes, stepSlice:
		return e.array(i, v)
	case stepWildcard:
		return e.wildcard(i, v)
	case stepScan:
		return e.scan(i+1, v)
	case stepFilter:
		return e.filter(i, v)
	}
	return e.call(i, v)
}

func (e *evaluation) last(i int) bool { return i == len(e.steps)-1 }

func (e *evaluation) names(i int, v Value) error {
	s := &e.steps[i]
	if v.kind != Object {
		if s.upstream {
			return faultf(notFound, "expected an object with a member %q, found %s", s.names[0], v.kind)
		}
		return nil
	}
	if len(s.names) == 1 || !e.last(i) {
		for _, n := range s.names {
			if err := e.name(i, n, v); err != nil {
				return err
			}
		}
		return nil
	}
	b := objectBuilder{l: &list{}}
	for _, n := range s.names {
		if m, ok := v.Get(n); ok {
			b.set(n, m)
		} else if e.require {
			return faultf(notFound, "there is no member %q", n)
		}
	}
	return e.from(i+1, b.value())
}

func (e *evaluation) name(i int, name string, v Value) error {
	s := &e.steps[i]
	m, ok := v.Get(name)
	switch {
	case ok && !e.taken(i):
		return nil
	case ok:
		return e.from(i+1, m)
	case e.last(i) && !e.require:
		return nil
	case !e.last(i) && !(s.upstream && len(s.names) == 1) && !e.require:
		return nil
	}
	return faultf(notFound, "there is no member %q", name)
}

func (e *evaluation) array(i int, v Value) error {
	s := &e.steps[i]
	if v.kind != Array {
		if s.upstream {
			return faultf(notFound, "an index needs an array, found %s", v.kind)
		}
		return nil
	}
	if s.kind == stepIndexes {
		for _, at := range s.indexes {
			if err := e.item(i, v, at); err != nil {
				return err
			}
		}
		return nil
	}
	n := v.Len()
	from, to := 0, n
	switch {
	case s.slice.hasFrom && s.slice.hasTo: // a negative beginning is counted item by item
		from, to = s.slice.from, min(n, s.slice.to)
	case s.slice.hasFrom:
		if from = s.slice.from; from < 0 {
			from += n
		}
		from = max(0, from)
	default:
		if to = s.slice.to; to < 0 {
			to += n
		}
		to = min(n, to)
	}
	if n == 0 {
		return nil
	}
	for at := from; at < to; at++ {
		if err := e.item(i, v, at); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) item(i int, v Value, at int) error {
	if err := e.spend(); err != nil {
		return err
	}
	if err := e.from(i+1, v.item(at)); !isFault(err, outOfRange) {
		return err
	}
	return nil
}

func (e *evaluation) wildcard(i int, v Value) error {
	switch v.kind {
	case Object:
		for _, m := range v.list.items {
			if !e.taken(i) {
				break
			}
			if err := e.from(i+1, m); err != nil {
				return err
			}
		}
	case Array:
		for at := range v.list.items {
			if err := e.item(i, v, at); err != nil && (e.require || !isFault(err, notFound)) {
				return err
			}
		}
	}
	return nil
}

func (e *evaluation) filter(i int, v Value) error {
	s := &e.steps[i]
	switch v.kind {
	case Object:
		ok, err := e.accepts(s, v)
		if err != nil || !ok {
			return err
		}
		return e.from(i+1, v)
	case Array:
		for at, item := range v.list.items {
			ok, err := e.accepts(s, item)
			if err != nil {
				return err
			}
			if ok {
				if err := e.item(i, v, at); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if s.upstream {
		return faultf(invalid, "a filter needs an array or an object, found %s", v.kind)
	}
	return nil
}

func (e *evaluation) accepts(s *step, item Value) (bool, error) {
	if err := e.spend(); err != nil {
		return false, err
	}
	ok, err := s.filter.holds(e, item)
	if isFault(err, notFound, invalid) {
		return false, nil
	}
	return ok, err
}

// scan applies the step at i to v and everything below it.
func (e *evaluation) scan(i int, v Value) error {
	if err := e.spend(); err != nil {
		return err
	}
	if i == len(e.steps) {
		return faultf(hard, "'..' leads to nothing")
	}
	if v.kind != Object && v.kind != Array {
		return nil
	}
	ok, err := e.wanted(i, v)
	if err == nil && ok {
		err = e.visit(i, v)
	}
	if err != nil {
		return err
	}
	for _, item := range v.list.items {
		if err := e.scan(i, item); err != nil {
			return err
		}
	}
	return nil
}

// visit applies the step of a deep scan. In an array, a step with another behind it is passed
// over: the dialect hands every item to the step behind it, and remembers the item's index so
// that a last name is taken only from the item that an index before it asked for. What it
// remembers it never forgets within one evaluation: behind a wildcard or filter that took an
// array, names give nothing any more ($..*.id is empty where there is an array).
func (e *evaluation) visit(i int, v Value) error {
	if v.kind != Array || e.last(i) {
		return e.from(i, v)
	}
	for at, item := range v.list.items {
		if e.last(i + 1) {
			e.handed, e.index = true, at
		}
		if err := e.from(i+1, item); err != nil {
			return err
		}
	}
	return nil
}

// taken reports whether the step, when it is the last, may take a member, see visit.
func (e *evaluation) taken(i int) bool {
	if !e.handed || !e.last(i) {
		return true
	}
	before := &e.steps[i-1]
	return before.kind == stepIndexes && len(before.indexes) == 1 && before.indexes[0] == e.index
}

// wanted tells where a deep scan applies its step.
func (e *evaluation) wanted(i int, v Value) (bool, error) {
	s := &e.steps[i]
	switch s.kind {
	case stepNames:
		if v.kind != Object {
			return false, nil
		}
		if len(s.names) > 1 && !e.last(i) {
			return true, nil
		}
		for _, n := range s.names {
			if _, ok := v.Get(n); !ok {
				return false, nil
			}
		}
		return true, nil
	case stepIndexes, stepSlice:
		return v.kind == Array, nil
	case stepWildcard:
		return true, nil
	case stepFilter:
		return e.accepts(s, v)
	}
	return false, nil
}
