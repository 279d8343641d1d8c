package genesystest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// authOf is the auth action that an integration's actions run with, and what the org keeps of its
// answer; nil for an integration without one, and for the auth action itself. Another version or
// another credential asks anew.
func (s *Server) authOf(integration, action string, credential map[string]string) (*dataaction.Auth, error) {
	e := s.state.get(actions, customAuth+integration)
	if e == nil || strings.HasPrefix(action, customAuth) {
		return nil, nil
	}
	k := fmt.Sprintf("%s %d", e.ID, e.version())
	for _, field := range slices.Sorted(maps.Keys(credential)) {
		k += " " + field + "=" + credential[field]
	}
	if kept := s.auth[k]; kept != nil {
		return kept, nil
	}
	d, fs := s.definition(e.Body)
	if err := fs.Err(); err != nil {
		return nil, fmt.Errorf("the auth action: %w", err)
	}
	p, err := dataaction.Compile(d, dataaction.Options{})
	if err != nil {
		return nil, fmt.Errorf("the auth action: %w", err)
	}
	if s.auth == nil {
		s.auth = map[string]*dataaction.Auth{}
	}
	s.auth[k] = &dataaction.Auth{Program: p, NoCache: s.opts.assume.AuthNotKept, NoRetry: s.opts.assume.AuthNotRenewed}
	return s.auth[k], nil
}
