package lab

import "github.com/dealroute/dealroute/pkg/picture"

// walk writes into the steps of a call where it stands in the picture of its flow.
func walk(c *Call, hops []picture.Hop) {
	last := -1
	for _, h := range hops {
		if last >= 0 && len(h.Edges) > 0 {
			c.Steps[last].Edge = some(h.Edges[0])
		}
		if h.Step < 0 || h.Step >= len(c.Steps) {
			continue
		}
		s := &c.Steps[h.Step]
		s.Node, s.Edges, s.Far = some(h.Node), append([]string{}, h.Edges...), h.Far
		last = h.Step
	}
}
