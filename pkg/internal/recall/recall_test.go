package recall_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/recall"
)

func TestATextIsReadOnce(t *testing.T) {
	var s recall.Store[int]
	made := 0
	length := func(text string) (int, error) { made++; return len(text), nil }
	for range 3 {
		if v, err := s.Of("four", length); v != 4 || err != nil {
			t.Fatal(v, err)
		}
		if v, err := s.Of("", length); v != 0 || err != nil {
			t.Fatal(v, err)
		}
	}
	if made != 2 {
		t.Errorf("two texts were read %d times", made)
	}
}

func TestAMistakeIsNotHeld(t *testing.T) {
	var s recall.Store[int]
	for i := range 2 {
		if _, err := s.Of("x", func(string) (int, error) { return 0, errors.New(strconv.Itoa(i)) }); err == nil || err.Error() != strconv.Itoa(i) {
			t.Error(err)
		}
	}
}

// TestTheLatestAreHeld also shows the bound: the first of many texts is forgotten, one that is
// asked for again and again is not.
func TestTheLatestAreHeld(t *testing.T) {
	var s recall.Store[string]
	made := map[string]int{}
	same := func(text string) (string, error) { made[text]++; return text, nil }
	ask := func(text string) {
		t.Helper()
		if v, err := s.Of(text, same); v != text || err != nil {
			t.Fatal(v, err)
		}
	}
	long := strings.Repeat("long", 100)
	ask("first")
	for i := range 10_000 {
		ask("often")
		ask(long + strconv.Itoa(i))
	}
	ask("first")
	if made["often"] != 1 || made["first"] != 2 || made[long+"9999"] != 1 {
		t.Error(made["often"], made["first"], made[long+"9999"])
	}
	huge := strings.Repeat("huge", 1<<20)
	ask(huge)
	ask(huge)
	if made[huge] != 2 {
		t.Error("a text beyond all bounds is held")
	}
}

func TestManyMayAsk(t *testing.T) {
	var s recall.Store[string]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2_000 {
				text := strings.Repeat("x", i)
				if v, err := s.Of(text, func(text string) (string, error) { return text, nil }); v != text || err != nil {
					t.Error(len(v), err)
				}
			}
		})
	}
	all.Wait()
}
