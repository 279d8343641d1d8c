package interp_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

// TestPublishedFlows runs the published call flows, each in a few worlds, to an end.
func TestPublishedFlows(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "flows")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("no flows in %s: %v", dir, err)
	}
	worlds := []*world.File{
		{},
		{Digits: []string{"1", "1234#", "2", "1", "1", "1"}},
		{Digits: []string{"9"}},
	}
	ran, all := 0, 0
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		file, _ := architect.Parse(f.Name(), data)
		if file == nil || file.Flow == nil {
			continue
		}
		switch file.Type {
		case "inboundCall", "outboundCall", "secureCall", "inqueueCall", "commonModule":
		default:
			if _, err := interp.Compile(file, interp.Options{}); err == nil {
				t.Errorf("%s: a flow of type %s compiled", f.Name(), file.Type)
			}
			continue
		}
		all++
		p, err := interp.Compile(file, interp.Options{})
		if err != nil {
			t.Logf("%s: %v", f.Name(), err)
			continue
		}
		for _, x := range p.Findings() {
			t.Logf("%s: %v", f.Name(), x)
		}
		ended := true
		for _, s := range worlds {
			c := s.Start()
			c.ANI, c.DNIS, c.At = "tel:+15135550142", "tel:+15135550100", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			w := world.New(s)
			r, err := interp.Run(context.Background(), p, c, w, interp.RunOptions{Trace: interp.TracePath})
			if err != nil {
				t.Logf("%s: %v", f.Name(), err)
				ended = false
				continue
			}
			t.Logf("%s: %s %s, %d actions, %v %v", f.Name(), r.Ending, r.Target, r.Actions, r.Problems, w.Notes())
		}
		if ended {
			ran++
		}
	}
	t.Logf("%d of %d published call flows ran to an end", ran, all)
	if ran*10 < all*9 {
		t.Errorf("only %d of %d published call flows ran to an end", ran, all)
	}
}

// TestAcceptedFlowsRun runs the flows that Genesys' own validation was asked about: those
// it accepts come to an end, and none makes the machine panic.
func TestAcceptedFlowsRun(t *testing.T) {
	ran, refused := 0, 0
	for _, line := range corpus.Lines(t, "flowcheck.jsonl") {
		var c struct {
			ID     string          `json:"id"`
			Flow   json.RawMessage `json:"flow"`
			Errors []any           `json:"errors"`
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		f, _ := architect.Parse(c.ID, c.Flow)
		if f == nil {
			continue
		}
		p, err := interp.Compile(f, interp.Options{})
		if err != nil {
			if len(c.Errors) == 0 {
				t.Errorf("%s: %v", c.ID, err)
			}
			continue
		}
		for _, s := range []*world.File{{}, {Digits: []string{"1", "2", "3", "12345"}}} {
			call := s.Start()
			call.ANI, call.At = "tel:+15135550142", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			_, err := interp.Run(context.Background(), p, call, world.New(s), interp.RunOptions{Trace: interp.TraceFull})
			switch {
			case err == nil:
				ran++
			case len(c.Errors) == 0:
				t.Errorf("%s: accepted by Genesys, and refused: %v", c.ID, err)
			default:
				refused++
			}
		}
	}
	t.Logf("%d runs came to an end, %d of flows that Genesys refuses were refused", ran, refused)
	if ran < 100 {
		t.Errorf("only %d runs came to an end", ran)
	}
}
