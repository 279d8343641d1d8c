// Package browser looks at a page or a picture in Chromium as a person would, for tests: at a size, in light or dark,
// with named letters, by mouse and by keyboard.
//
// What no page of ours may do fails the test that opened it, without being asked for: a request to somebody else (or
// to anybody, where a page must ask nobody), an error or a warning on the console, a broken content security policy,
// an exception that nothing caught.
//
// A browser is asked for: DEALROUTE_BROWSER names one, and without it these tests are skipped, so that the plain test
// command stays fast and the same on every machine. `.ci/run browser` installs one and sets the variable.
//
// Letters differ between machines, so a test says which family a browser has (Letters): by a fontconfig file of its
// own the browser finds no other. Pictures are compared with one family only.
package browser
