// Package interp exists to run Architect call flows offline, exactly, one call or a
// million: the typed tree of package architect is compiled once into a step machine whose
// state is a value.
//
//	p, err := interp.Compile(file, interp.Options{})
//	s := p.Start(call)
//	for {
//		effect, err := p.Next(s)          // runs to the next external effect
//		if err != nil || effect == nil {  // a refusal, or the end: s.Result()
//			break
//		}
//		outcome, err := world.Do(ctx, effect)
//		err = p.Resume(s, outcome)
//	}
//
// Run is that loop. Whatever the flow itself cannot know is an Effect: data actions, data
// tables, look-ups of queues and skills (also those made inside an expression), schedules,
// keys pressed, transfers. Everything else happens in the machine: variables, branches,
// fall-through, tasks, loops, menus, error handling, the action budget, and time, which is
// virtual: the call's start plus what outcomes say they took.
//
// Laws the tests hold: every run ends within the action budget; a clone and its original
// never touch each other; states with the same key have the same future; no flow and no
// outcome makes the machine panic.
//
// More of the random flows behind these laws: go test -run 'Keys|Clone|Budget' -rapid.checks 5000.
//
// Many calls through one program share a Memo: a call computes only what can be different from
// the calls before it.
//
// A State may also stand for many calls, whose answers nothing has told apart yet (Origin,
// OneOf); a Fold walks such states and names those that have the same future.
//
// What Genesys documents nowhere is an Option whose zero value is the stricter reading.
// Package world has the world that a world file describes.
package interp
