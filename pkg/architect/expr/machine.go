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

// Room is what evaluations work in. One that is kept spares fetching it each time; it must
// not be used by two goroutines at once.
type Room struct{ m machine }

// Eval computes the expression; a nil Env knows nothing. The error is an *EvalError.
func (p *Program) Eval(env Env) (Value, error) {
	if env == nil {
		env = &Static{}
	}
	if p.known || p.slot >= 0 {
		return p.plain(env), nil
	}
	m := machines.Get().(*machine)
	v, err := p.run(m, env)
	m.env = nil
	machines.Put(m)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// EvalIn is Eval in a room of the caller's, which keeps env.
func (p *Program) EvalIn(r *Room, env Env) (Value, error) {
	if p.known || p.slot >= 0 {
		return p.plain(env), nil
	}
	v, err := p.run(&r.m, env)
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// plain is the result of a program that is a value or a variable.
func (p *Program) plain(env Env) Value {
	if !p.known {
		if v := env.Var(p.slot); v.h != 0 {
			return v
		}
	}
	return p.value
}

func (p *Program) run(m *machine, env Env) (Value, *EvalError) {
	m.env, m.budget = env, p.budget
	v, err := p.code(m)
	if cap(m.stack) > maxKept {
		m.stack = nil
	}
	m.stack = m.stack[:0]
	return v, err
}
