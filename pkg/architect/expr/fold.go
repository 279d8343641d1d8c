package expr

// foldBudget bounds what is computed while an expression is compiled: the lists that a flow
// writes out may have some hundred items.
const foldBudget = 1 << 15

// fold computes calls all of whose arguments are known, such as MakeList("a") or -1. What
// fails is left for the evaluation to fail with; what is costly is left too. Evaluations
// have so much less to spend, so that the same expressions end within their budget.
func (c *compiler) fold(it *item) {
	for _, a := range it.args {
		c.fold(a)
	}
	if it.kind != itemCall || it.overload.rule == ruleIf || !it.overload.pure() {
		return
	}
	args := make([]code, len(it.args))
	for i, a := range it.args {
		if !a.known() {
			return
		}
		args[i] = constantCode(a.value)
	}
	m := &machine{env: &Static{}, budget: c.left}
	v, err := generalCall(it, args)(m)
	if err != nil || v.Type() != it.typ {
		return
	}
	c.left = m.budget
	it.kind, it.value, it.args, it.overload = itemConstant, v, nil, nil
}

// pure reports whether the result follows from the arguments alone.
func (o *overload) pure() bool {
	return !o.since && !o.result.IsOrg() && o.name != "GetCurrentDateTimeUtc"
}
