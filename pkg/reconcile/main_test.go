package reconcile_test

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // memory for time: an org of a test is small, and thousands are made
	os.Exit(m.Run())
}
