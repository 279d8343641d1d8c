package cli

import (
	"context"
	"errors"
)

// runEvalJSONPath reads a path in a document.
func runEvalJSONPath(context.Context, *Streams, evalJSONPathOptions) error {
	return fail(errors.New("this build has no JSONPath"), "use a build that has it")
}
