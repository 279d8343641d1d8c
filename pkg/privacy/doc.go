// Package privacy exists to know what is personal in inputs, traces and replies, and how it
// is shown: numbers of callers in every form a flow makes of them, names, what HubSpot says
// in free words, and amounts of a real account.
package privacy
