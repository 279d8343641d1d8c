package genesys

// The table of owners: its rows tell by the id of an owner in HubSpot which user he is.
const (
	OwnersEnding = "-owners" // ends its name, which begins with the deployment's
	OwnersUser   = "user"    // its column with the id of the user
)
