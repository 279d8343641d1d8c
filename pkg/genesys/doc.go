// Package genesys holds the nouns of a Genesys Cloud org as this project sees it: kinds and
// keys of entities, the order they depend on each other in, the mark that says an entity is
// ours, references to ids that only an org knows, and when its schedules apply.
package genesys
