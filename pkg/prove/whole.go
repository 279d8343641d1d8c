package prove

import "context"

// Deployment shows the seven properties of a deployment.
func Deployment(ctx context.Context, in Input) (*Report, error) {
	return nil, nil
}
