// Package world exists to let a file stand for everything outside a flow: the call, what data
// actions, tables, schedules and callers answer, what is missing in the org.
//
//	file, findings := world.Decode(name, data)
//	result, err := interp.Run(ctx, program, file.Start(), world.New(file), interp.RunOptions{})
//
// docs/world.md has the format.
package world
