// Package doctor exists to say what two accounts are fit for: what reads of HubSpot and of a Genesys
// Cloud org found comes in as values, and findings come out, each with its code and what to do.
//
// What a deployment needs of the accounts is judged by package validate, as it is for
// "validate --online". Here is what only an examination tells: what the key may do beyond what is
// needed, whether HubSpot answers the very requests that calls will send, and how fast; how many
// callers would be found, and how many calls the limits carry.
//
//	accounts.go   the key, the account and the org
//	latency.go    how long answers take, against how long callers wait
//	match*.go     whether callers would be found, over a sample of contacts
//	capacity*.go  how many calls the limits carry
//
// Codes are DR-DOC-001 and on for the accounts, 101 for latency, 201 for callers, 301 for capacity.
package doctor
