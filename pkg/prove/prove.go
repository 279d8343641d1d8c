package prove

import (
	"context"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// FlowOptions bound the proof of a flow.
type FlowOptions struct {
	Interp interp.Options
	States int // at most; 0 is 200,000
	Rounds int // of a loop whose count is not known, and of a menu; 0 is 3
}

// Flow shows what holds of any inbound call flow.
func Flow(ctx context.Context, f *architect.File, o FlowOptions) (*Report, error) {
	return nil, nil
}
