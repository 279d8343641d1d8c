package cli

import (
	"context"
	"errors"
)

// runEvalVelocity renders a template.
func runEvalVelocity(context.Context, *Streams, evalVelocityOptions) error {
	return fail(errors.New("this build has no Velocity templates"), "use a build that has them")
}
