// Package jsonpath exists because a data action picks values out of a reply with the
// dialect of Jayway JsonPath, whose rules (one value or a list, missing or null) decide
// whether a default is used. It decodes JSON keeping the order of members and the exact
// digits of numbers, and answers paths as that library does with its JsonNode provider.
//
// The dialect is described in GRAMMAR.md, which is written from the tables of this package.
// Genesys documents only "JSONPath"; that it is Jayway's is concluded from exported actions
// that use its functions and its bracket forms.
package jsonpath
