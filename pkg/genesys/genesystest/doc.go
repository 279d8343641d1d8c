// Package genesystest exists so that nobody needs a Genesys Cloud org to see the whole of
// a deployment or to test it: an emulator of the parts of the platform API that
// provisioning, routing and reading back use, served over real HTTP.
//
// # Faithful
//
// These follow Genesys' published API description or what its own tools are seen to rely
// on, and tests of this package hold them:
//
//   - paths, methods, query parameters, bodies and permissions: what the description does
//     not have is refused, and what it has and is not served answers 501 by name. The table is
//     distilled from the description by go generate; a short list in spec.go names what the
//     description lacks;
//   - answers: their status, fields, types and values are those of the description, and nothing
//     else (option Described compares them; tests have it). docs/endpoints.md lists what is served;
//   - empty parts of a path are dropped, and a field of null is left out, as the platform does
//     with what Genesys' own SDK and provider send;
//   - the error body and its codes; 200 for creates, 204 for most deletes; paging;
//   - 429 with Retry-After by a rolling minute for each token; bodies of 512000 bytes;
//   - OAuth clients: the secret is shown once, by the create and by …/secret; a client is
//     deleted only when inactive; nobody hands out a role they do not hold;
//   - credentials show no field; they outlive their integration;
//   - integrations are made first and configured by a second call, with a version; names are
//     not unique; empty notes read back as a text of the store behind them;
//   - data actions: draft and published version apart, each with a version; a list shows only
//     what is published; templates are addresses; a published contract is frozen; a test
//     answers 200 also for a failure; the custom auth action appears with a delay and is
//     hidden from lists;
//   - data tables: columns can only be added; rows have typed columns with defaults, 409 for
//     an existing key;
//   - skills, flows and call routes are deleted softly; names of skills, queues and tables
//     are unique;
//   - scripts: the undocumented upload, an import to ask for, no id in any answer, names not
//     unique, published by a call of its own;
//   - flows: a job, an upload to a pre-signed address that refuses a bearer token, name and
//     type as the identity, every name in the flow looked up, errors with the path of the node
//     and no line, a version for each publishing;
//   - call routes: each number once, and only of a pool; a version;
//   - lag: a new entity answers 404 for a while and is missing in lists (options Lag, ListLag);
//     integrations take time to become active (Activation), grants to be seen (GrantLag).
//
// # Assumed
//
// What no document settles is a field of Assumptions, with the answer taken for granted
// when it is not set. Beyond these:
//
//   - figures of data actions count their tests, and say in errorType what went wrong (Seed.Runs sets some);
//   - a DELETE sees a new entity at once;
//   - granting a role twice is no error;
//   - a flow's text is checked by this project's own parser and checker, so the emulator
//     cannot find a misreading that both share;
//   - executed data actions run by this project's own executor; secrets are known only as
//     salted hashes, which the HubSpot emulator compares;
//   - quotas beside rates and sizes are those of roles, tables, skills, queues and integrations
//     (options Limit and WithIntegrationType); their values are partly made up;
//   - a permission that the org's product lacks is missing in the catalogue, and nobody holds it
//     (Unlicensed);
//   - there are no attribute policies on permissions and no HIPAA timeouts; a prompt holds texts
//     and no sound; what is deleted of schedules, groups, prompts, pools and wrap-up codes is gone
//     for good.
package genesystest

//go:generate go run ./internal/spectable
