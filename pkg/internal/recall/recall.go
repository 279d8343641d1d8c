package recall

import (
	"cmp"
	"sync"
)

// Usual is how long the texts of a store are together at the most, in bytes. What is made of a
// text takes some ten times its length.
const Usual = 1 << 18

// A Store holds what was made of texts, of the latest ones at the most. Any number of goroutines
// may use it, so what it holds must not change any more. The zero value is ready.
type Store[V any] struct {
	Most int // how long the texts are together, in bytes; 0: Usual

	mu       sync.Mutex
	new, old map[string]V // what was asked for since new was begun, and in the time before
	length   int          // of the texts in new
}

// Of is what make makes of a text, or what it once made. What it made with an error is not held.
func (s *Store[V]) Of(text string, make func(string) (V, error)) (V, error) {
	if v, ok := s.Get(text); ok {
		return v, nil
	}
	v, err := make(text)
	if err == nil {
		s.Put(text, v)
	}
	return v, err
}

// Get is what is held for a text.
func (s *Store[V]) Get(text string) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.new[text]; ok {
		return v, true
	}
	v, ok := s.old[text]
	if ok {
		s.add(text, v)
	}
	return v, ok
}

// Put holds what was made of a text. One that is longer than a quarter of what a store has room
// for is not held.
func (s *Store[V]) Put(text string, v V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(text, v)
}

// add begins anew when there is too much: what was not asked for since the last time is
// forgotten then.
func (s *Store[V]) add(text string, v V) {
	most := cmp.Or(s.Most, Usual)
	if len(text) > most/4 {
		return
	}
	if s.new == nil || s.length+len(text) > most/2 {
		s.new, s.old, s.length = map[string]V{}, s.new, 0
	}
	if _, ok := s.new[text]; !ok {
		s.length += len(text) + 16 // short ones take room, too
	}
	s.new[text] = v
}
