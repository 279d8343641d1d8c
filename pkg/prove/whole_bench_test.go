package prove_test

import (
	"context"
	"testing"

	"github.com/dealroute/dealroute/pkg/prove"
)

// BenchmarkDeployment is the whole proof of an example.
func BenchmarkDeployment(b *testing.B) {
	for _, name := range []string{"guide", "basic", "every-setting"} {
		b.Run(name, func(b *testing.B) {
			d, bp := parsed(b, example(b, name))
			var r *prove.Report
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if r, err = prove.Deployment(context.Background(), input(d, bp, prove.Full)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(r.Calls), "calls")
		})
	}
}
