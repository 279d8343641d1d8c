// Package view exists so that results look the same everywhere: it turns values of the
// engines into text for a person or into JSON that is as stable as an API.
package view
