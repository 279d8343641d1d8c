package view

import (
	"io"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Counter tells a person who looks on how far a long list is, at growing distances.
type Counter struct {
	w     io.Writer
	now   func() time.Time
	next  time.Time
	pause time.Duration
}

// NewCounter begins now. It is silent unless somebody looks on.
func NewCounter(w io.Writer, looked bool, now func() time.Time) *Counter {
	c := &Counter{w: w, now: now, pause: 2 * time.Second}
	if !looked {
		c.w = nil
		return c
	}
	c.next = now().Add(c.pause)
	return c
}

// Count tells that so many calls are done, and what else there is to say.
func (c *Counter) Count(calls int, more string) {
	if c.w == nil || c.now().Before(c.next) {
		return
	}
	diag.Fprintf(c.w, "%s calls, %s …\n", Thousands(int64(calls)), more)
	c.pause = min(2*c.pause, 30*time.Second)
	c.next = c.now().Add(c.pause)
}
