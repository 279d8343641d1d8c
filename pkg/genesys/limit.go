package genesys

// What an org executes of data actions, unless Genesys has raised it: the limits
// requests.volume.max and actions.concurrent.executions.max. What is over them is refused at
// once, and a flow takes the failure path.
const (
	ExecutionsPerMinute  = 2500
	ConcurrentExecutions = 50
)
