package genesystest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// tried are the operations that tests have called and that were answered well. Each answer is
// compared with the description, so one that nobody calls would never be.
var tried sync.Map

func try(method, path string, status int) {
	if status < 300 {
		path, _, _ = strings.Cut(path, "?")
		tried.Store(genesystest.OperationOf(method, path), true)
	}
}

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" && flag.Lookup("test.list").Value.String() == "" {
		lacking := slices.DeleteFunc(genesystest.Served(), func(k string) bool { _, is := tried.Load(k); return is })
		if len(lacking) > 0 {
			fmt.Fprintf(os.Stderr, "FAIL: no test calls %s\n", strings.Join(lacking, ", "))
			code = 1
		}
	}
	os.Exit(code)
}
