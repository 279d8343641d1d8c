// Package genesystest exists so that nobody needs a Genesys Cloud org to see the whole of
// a deployment or to test it: an emulator of the parts of the platform API that
// provisioning, routing and reading back use, served over real HTTP.
package genesystest

//go:generate go run ./internal/spectable
