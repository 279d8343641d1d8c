// Package corpus finds the collection of published flows, data actions and vendor answers
// that tests compare with. It is not part of the project: DEALROUTE_CORPUS names its folder.
package corpus
