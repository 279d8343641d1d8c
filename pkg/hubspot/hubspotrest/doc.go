// Package hubspotrest exists for what the tool itself reads from HubSpot: pipelines, the account
// behind a key, the key's scopes, property definitions, daily usage and single searches. Nothing in
// it can write. Requests of data actions do not pass here: they are sent by package transport, once
// and without a retry.
//
// HubSpot answers five searches a second for the whole account, callers included, so a client
// makes at most two a second unless it is told otherwise.
package hubspotrest
