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
//
// Its tests hold the proof itself to its word. Every place of the rendered flow, of the data
// actions and of the policy is changed by one defect at a time; a sample of calls that knows
// nothing of the proof says whether some caller gets something else, and then the proof must
// say so, under a property that those calls break, with a call that replays. Twenty defects
// are found in each run of the tests. A campaign draws as many as it is told, of each kind
// alike, and tries everything that is unusual and right:
//
//	go test ./pkg/prove -run 'EveryMutant|Hold' -mutants 200 -mutants.seed 2 -timeout 0
package prove
