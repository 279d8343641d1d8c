// Package seen holds the tests that look at what the program draws and serves: pictures, reports and the lab, in a
// browser, at the sizes and in the colours that people have. They build the program and start it as a person does.
//
// Without a browser nothing is built, and they are skipped (pkg/internal/browser says how one is asked for).
package seen
