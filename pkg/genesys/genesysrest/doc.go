// Package genesysrest exists so that the rest of the project speaks of queues and flows
// and not of requests: it is the only user of Genesys' SDK, and of the endpoints that the
// SDK lacks.
//
// The SDK writes the requests and sends none of them. Its typed operations know the path,
// the parameters and the body of a call; the request is taken from the SDK before it leaves
// and goes through package transport, like everything else: see writer. Answers are read
// from their bytes, so that nothing is lost of them. The calls in which the SDK's types are
// passed by, or which it has not, stand in exceptions.go, each with its reason.
//
// What repeating a call would do is known here and said to transport, which repeats.
package genesysrest
