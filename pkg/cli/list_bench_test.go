package cli_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// What a long list of calls costs: of callers who come again, and of ten thousand different ones.
func BenchmarkList(b *testing.B) {
	const rows = 100_000
	for _, callers := range []int{14, 10_000} {
		for _, way := range []string{"suite", "against"} {
			b.Run(fmt.Sprintf("%s/callers=%d", way, callers), func(b *testing.B) {
				list := new(strings.Builder)
				list.WriteString("ani,at\n")
				for i := range rows {
					n := i * 7919 % callers
					if callers < 100 {
						n += 5550142
					}
					fmt.Fprintf(list, "+1513%07d,2026-11-23T15:00:00Z\n", n)
				}
				p := &program{env: map[string]string{"HOME": b.TempDir()}, stdin: list.String()}
				file := filepath.Join("..", "..", "examples", "basic", "dealroute.yaml")
				args := []string{"simulate", "-f", file, "--suite", "-", "-o", "json"}
				if way == "against" {
					args = append(args, "--against", file)
				}
				b.ReportAllocs()
				for b.Loop() {
					if code, _, errs := p.run(args...); code != 0 {
						b.Fatalf("exit code %d: %s", code, errs)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/rows, "µs/row")
			})
		}
	}
}
