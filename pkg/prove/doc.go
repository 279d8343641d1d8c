// Package prove exists to show that no caller is dropped, kept waiting or routed against the
// policy, by trying every outcome of every step instead of a sample.
//
// The proof has two halves. The flow is run by the step machine of package interp over every
// outcome of every effect: what an effect answers stays a set of classes until a condition
// tells some of them apart, and a state that was seen before is not expanded again. The whole
// call is run through the rendered data actions against accounts that hold one example of
// every class, and compared with package routing, which shares no code with the templates.
//
//	Flow(ctx, file, FlowOptions{})     what holds of any inbound call flow
//	Deployment(ctx, Input{…})          the seven properties of a deployment
package prove
