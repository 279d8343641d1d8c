// Package hubspottest exists so that everything that asks HubSpot for a caller can be run, timed
// and broken without an account: it is a HubSpot portal in memory behind an http.Handler.
//
// # Faithful
//
// What HubSpot documents or what recordings of its API show: the paths of v3, 2026-03 and 2026-09
// with names and type ids; bearer and scope checks with their bodies; the search rules (operators,
// limits of groups, filters, body, page and depth, one sort as text or object, nulls, properties
// that are always there, unknown properties dropped, archived records hidden); list requests that
// ignore parameters they do not know and answer with the first page of everybody; associations;
// batch reads with 207; lookup by a unique property; pipelines, properties, owners, account, token
// and usage; phone properties calculated with libphonenumber; stage-derived deal properties; the
// shared limit of five searches a second, the ten-second and the daily limit on the server's
// clock; the rate headers and the correlation id; all the error statuses on demand.
//
// # Assumed
//
// Every fact that no document settles is a field of [Assumptions] and can be turned round with
// [Assume]. Beside these: error messages that are not quoted in [hubspot.ErrorBody]'s sources are
// in HubSpot's manner but not its words; ids of pages in lists are record ids; a contact's country
// is its own two-letter code or the account's ([Region]); a company of a contact is its primary one only; no
// record ever changes by itself.
//
// # Not there
//
// Writes (405), other objects than contacts, companies and deals (400), GraphQL (404), custom association
// labels, history of properties, permissions of users.
//
// # Questions for a real account
//
// Each field of Assumptions is one; so are the latencies, which are made up ([DefaultLatency]).
package hubspottest
