// Package report exists so that an answer can be looked at, handed on and kept: as one page
// that needs nothing but a browser.
//
// A Page is a value: a title, figures, sections of blocks, and the answer as JSON. Render makes
// the bytes, the same for the same page. The page asks nobody for anything: its policy
// allows one stylesheet and one script, by their hashes, and nothing else. Without the script all
// of it can be read.
//
// What a page says is masked by whoever fills it, as text and JSON are. Each figure of the
// answer says where in the embedded JSON it stands (Bit); tests read both and compare.
package report
