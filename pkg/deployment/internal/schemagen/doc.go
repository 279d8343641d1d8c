// Command schemagen exists to make the JSON Schema of dealroute.yaml from the Go types of
// package deployment, their tags and comments. It runs under go generate only, so that the
// product does not link the library that does it.
package main
