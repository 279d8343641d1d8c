package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// longestName is how many bytes a name has that is compared letter by letter.
const longestName = 256

// Nearest returns the known name that is most like name, or "" when none is near enough:
// at most a third of its letters may differ, and one always may. Letter case does not count.
// Nobody mistypes a name longer than longestName.
func Nearest(name string, known []string) string {
	if len(name) > longestName {
		return ""
	}
	best, bestAt := "", max(1, len(name)/3)+1
	low := strings.ToLower(name)
	letters := utf8.RuneCountInString(low)
	for _, k := range known {
		if len(k) > 2*longestName {
			continue
		}
		if n := utf8.RuneCountInString(k) - letters; n >= bestAt || -n >= bestAt {
			continue // so many letters differ at least
		}
		if d := Distance(low, strings.ToLower(k)); d < bestAt {
			best, bestAt = k, d
		}
	}
	return best
}

// DidYouMean is the hint for an unknown name, empty when no known name is near.
func DidYouMean(name string, known []string) string {
	if n := Nearest(name, known); n != "" {
		return fmt.Sprintf("did you mean %q", n)
	}
	return ""
}

// Distance is how many letters differ, two that are swapped counted once (the
// Damerau-Levenshtein distance with adjacent transpositions).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	prev := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range x {
		cur := make([]int, len(y)+1)
		cur[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(y)]
}
