package genesys

// The row of the control table in which setup keeps what no mark can say, and its columns.
// Where the row is missing nothing is kept.
const (
	RecordRow        = "deployment"
	RecordFlow       = "flowVersion"          // the version of the flow that we published; empty: not known
	RecordGeneration = "credentialGeneration" // how often the run-time client's credential was made; zero or negative: what it holds is not the client's secret
	RecordWritten    = "written"              // of what carries no mark: the print of each data action's content, and the script's version; see reconcile/written.go
	RecordPrint      = "credentialPrint"      // of each credential whose value comes from outside: a fingerprint of what was written
)

// The row of the control table that says until when the access token in the HubSpot credential
// may be used, where it is renewed from outside, and its column. The name is the integration guide's.
const (
	TokenRow    = "token"
	TokenExpiry = "hubspot_oauth_expiry" // as 2026-11-23T19:25:38Z; anything else counts as expired
)
