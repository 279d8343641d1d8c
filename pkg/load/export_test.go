package load

import "context"

// RunPlain is Run without a memo.
func RunPlain(ctx context.Context, d Day) *Result {
	r, err := run(ctx, d, nil)
	if err != nil {
		panic(err)
	}
	return r
}
