package load_test

import (
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
)

// BenchmarkCall is one call of a day, with all that a day counts.
func BenchmarkCall(b *testing.B) {
	for _, rate := range []struct {
		name      string
		perMinute float64
	}{{"10 a minute", 10}, {"60 a minute", 60}, {"2000 a minute", 2000}} {
		b.Run(rate.name, func(b *testing.B) {
			d := basic(b)
			d.Traffic.PerMinute = rate.perMinute
			d.For = time.Duration(float64(b.N) / rate.perMinute * float64(time.Minute))
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := load.Run(b.Context(), d); err != nil {
				b.Fatal(err)
			}
		})
	}
}
