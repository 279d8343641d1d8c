package picture

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

// many is a graph of a size, as flows are: most edges lead on, some lead anywhere, a lane holds
// so many nodes.
func many(nodes, inLane int) *Graph {
	r := rand.New(rand.NewPCG(1, uint64(nodes))) //nolint:gosec // the same graph in every run
	g := &Graph{Title: "many"}
	for i := range nodes {
		if i%inLane == 0 {
			g.Lanes = append(g.Lanes, Lane{Name: fmt.Sprintf("Task %d", i/inLane)})
		}
		g.Nodes = append(g.Nodes, Node{ID: fmt.Sprintf("n%d", i), Lane: i / inLane, Kind: kinds[1+i%4], Text: []string{"An action that does something", "and one more"}})
		for k := range 1 + i%3 {
			to := min(nodes-1, i+1+k*r.IntN(6))
			if r.IntN(12) == 0 {
				to = r.IntN(nodes)
			}
			g.Edges = append(g.Edges, Edge{ID: fmt.Sprintf("e%d-%d", i, k), From: fmt.Sprintf("n%d", i), To: fmt.Sprintf("n%d", to), Label: "a way out"})
		}
	}
	return g
}

func BenchmarkLay(b *testing.B) {
	for _, c := range []struct{ nodes, inLane int }{{50, 8}, {2000, 20}, {2000, 2000}} {
		g := many(c.nodes, c.inLane)
		b.Run(fmt.Sprintf("%d nodes, %d in a lane", c.nodes, c.inLane), func(b *testing.B) {
			for b.Loop() {
				Lay(g)
			}
		})
	}
}

// So is the overview of many tasks.
func TestOverviewsOfManyTasksAreLaidOut(t *testing.T) {
	begin := time.Now()
	d := Lay(many(2000, 20).Overview())
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("100 tasks: %v", took)
	}
	t.Logf("%v, %d by %d pixels, %d crossings", time.Since(begin), d.W, d.H, d.Crossings())
}

// A big picture is drawn too, in a time that somebody waits for. The bound is far above what it
// takes, so that a busy machine does not fail it.
func TestBigGraphsAreLaidOut(t *testing.T) {
	for _, inLane := range []int{20, 2000} {
		begin := time.Now()
		d := Lay(many(2000, inLane))
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("2,000 nodes, %d in a lane: %v", inLane, took)
		}
		t.Logf("%d in a lane: %v, %d by %d pixels, %d crossings", inLane, time.Since(begin), d.W, d.H, d.Crossings())
	}
}

// The flow and the rules of each example, and each published flow; docs/benchmarks/pictures.md
// has the figures.
func BenchmarkLayOf(b *testing.B) {
	all := pictures(b)
	if os.Getenv(corpus.Variable) != "" {
		for _, name := range corpus.Files(b, "flows") {
			data, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			f, _ := architect.Parse(filepath.Base(name), data)
			all[filepath.Base(name)] = Flow(f)
		}
	}
	for name, g := range maps.Clone(all) {
		if !strings.HasSuffix(name, " rules") {
			all[name+" overview"] = g.Overview()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		g := all[name]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Lay(g)
			}
			d := Lay(g)
			b.ReportMetric(float64(len(g.Nodes)), "nodes")
			b.ReportMetric(float64(d.Crossings()), "crossings")
			b.ReportMetric(float64(d.W), "wide")
			b.ReportMetric(float64(d.H), "high")
			b.ReportMetric(float64(len(d.SVG(SVGOptions{}))), "bytes")
		})
	}
}
