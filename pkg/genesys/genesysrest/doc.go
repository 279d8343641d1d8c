// Package genesysrest exists so that the rest of the project speaks of queues and flows
// and not of requests: it is the only user of Genesys' SDK, and of the endpoints that the
// SDK lacks.
//
// The SDK is used through the two hooks of its retry configuration. They give each call a
// context, keep the connection, and keep the answer that the SDK drops on an error. Bodies
// go as raw JSON, because the SDK's types lose parts of schemas and properties. Whether a
// call is repeated is decided here, by what repeating it would do.
package genesysrest
