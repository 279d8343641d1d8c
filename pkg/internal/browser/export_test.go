package browser

import "time"

// Hurry lets what a page waits for in vain take no longer.
func (p *Page) Hurry(patience time.Duration) { p.patience = patience }
