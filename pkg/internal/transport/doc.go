// Package transport exists so that one place decides what may leave the process, how often it
// is tried, how long it may take, and what of it may be written down.
//
// There are two families. A data action's request goes through a dataaction.Sender: [NewHTTP]
// over the network, [Handler] over an emulator in the same process. Nothing there is ever retried,
// because Genesys Cloud retries nothing on the call path. What the tool asks for itself, from
// either vendor, goes through [NewClient], which repeats what may be repeated and nothing else.
// Both follow no redirect, read no answer without end, and refuse every write when they are told
// to, at the place where a request leaves. Wrappers add one thing each: [LogSender] and
// [LogRequests] write masked lines, [Inject] fails on purpose, [ReadOnly] and [ReadOnlySender]
// refuse, [Limit] keeps to a shared rate.
//
// An emulator in virtual time never sleeps: it states how long the answer would have taken in the
// header [LatencyHeader] and a connection that never answers with [HangHeader]. Both senders turn
// these into the latency and the timeout that a real server would have caused.
package transport
