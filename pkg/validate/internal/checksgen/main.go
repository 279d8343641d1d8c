// Command checksgen writes docs/checks.md, the page that explains every code a finding can
// have: title and text from the registries of the packages, repairs from texts.go here.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "checks.md", "file to write")
	root := flag.String("pkg", "..", "folder of the packages")
	flag.Parse()
	text, err := page(*root)
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "checksgen:", err)
		os.Exit(1)
	}
}
