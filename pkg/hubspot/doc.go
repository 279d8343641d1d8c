// Package hubspot holds the nouns of HubSpot's CRM as this project sees it: contacts, companies, deals
// and pipelines, the search request and reply, the error body and the paths of the API. It
// knows shapes and names, never a connection.
//
// Every property value is a text or null, also numbers, booleans and dates; that is how the
// API serves them.
package hubspot
