package expr

import "sync"

// A machine is one evaluation: the environment, what is left of the budget, and the stack
// arguments are passed on. Machines are used again, so that evaluating allocates nothing
// but what results need.
type machine struct {
	env    Env
	budget int
	stack  []Value
}

var machines = sync.Pool{New: func() any { return &machine{stack: make([]Value, 0, 16)} }}

// maxKept is the longest stack that is kept for the next evaluation.
const maxKept = 1024

// spend takes from the budget what an operation is about to cost: a step for every visit
// of a function, an item or a byte it makes.
func (m *machine) spend(n int) *EvalError {
	if m.budget -= n; m.budget >= 0 {
		return nil
	}
	m.budget = 0
	return &EvalError{Message: "the expression grows beyond what one evaluation may take", Budget: true}
}

// Eval computes the expression; a nil Env knows nothing. The error is an *EvalError.
func (p *Program) Eval(env Env) (Value, error) {
	if p.known {
		return p.value, nil
	}
	if env == nil {
		env = &Static{}
	}
	if p.slot >= 0 {
		if v := env.Var(p.slot); v.h != 0 {
			return v, nil
		}
		return p.value, nil
	}
	m := machines.Get().(*machine)
	m.env, m.budget = env, p.budget
	v, err := p.code(m)
	m.env, m.stack = nil, m.stack[:0]
	if cap(m.stack) <= maxKept {
		machines.Put(m)
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}
