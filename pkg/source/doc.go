// Package source exists so that a YAML or JSON text is read in one way: strictly, within
// limits, with the place of every value. It is the only package that starts the YAML
// library's loader, and the only one that turns offsets into lines and columns.
package source
