package deployment_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
)

// A rule that names thousands of stages is read in a time that grows with their number, not
// with its square: what is allocated tells, whatever the machine does besides.
func TestManyStages(t *testing.T) {
	const n = 3000
	var names, rule []string
	for i := range n {
		names = append(names, fmt.Sprintf("\"%d\": Stage %d", 900000000+i, i))
		rule = append(rule, fmt.Sprintf("Stage %d", i))
	}
	text := "version: 1\nname: acme\ngenesys: {region: us-east-1}\nhubspot:\n  lookup: {homeCountries: [US]}\n  stages: {" + strings.Join(names, ", ") +
		"}\nrouting:\n  rules: [{name: a, when: {stage: [" + strings.Join(rule, ", ") + "]}, to: {queue: A}}]\n  fallback: {queue: A}\n"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, found := deployment.Parse("d.yaml", []byte(text)); len(found) > 0 {
		t.Fatal(found)
	}
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 60 {
		t.Errorf("%d MB for %d stages", mb, n)
	}
}
