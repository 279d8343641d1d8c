// Package lab serves a page on loopback on which a deployment file is edited and called: the
// session behind it, its answers as JSON, and what keeps others away from it.
//
// It opens no file and renders nothing: the command gives it a Bench that does. What is personal is
// masked here as in every output; the text of the deployment file is the user's own and is not.
package lab
