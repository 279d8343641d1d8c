// Package velocity renders the templates of Genesys data actions offline, with the same
// answer that Apache Velocity 1.7 gives: URL, headers, request body and success template.
//
// # Fidelity
//
// Genesys' own error texts are those of Velocity with strict references
// (`runtime.references.strict`), which Render follows unless Options.Lax asks for the
// engine's default mode. Scanning is a state machine with Velocity's lexical states, because
// what is text and what is a directive is decided there: `$a.b(` followed by a bare word is
// text, a comment swallows its line end, `#end` eats the rest of a blank line.
//
// # What is refused
//
// #macro, #define, #evaluate, #include, #parse and block macros are refused by name when a
// template is parsed; reflection (getClass and the like) and Java methods whose result is an
// address or a stream are refused by name when they are called. GRAMMAR.md, generated from
// the tables that Check uses, lists what is there.
//
// # Comparing with the real engine
//
// `go test -run Campaign -campaign 5000` generates templates from the grammar and compares
// both modes with Velocity 1.7. It needs java, the jars of the Debian packages velocity,
// libvelocity-tools-java and libjackson2-databind-java, and DEALROUTE_ORACLES naming the
// folder that holds Velocity.java; without them it is skipped. Known differences stand in
// testdata/differences.txt, each with its reason.
package velocity

//go:generate go test -run TestGrammarPage -update .
