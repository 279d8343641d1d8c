package pages

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Elision stands for whatever stands there.
const Elision = "…"

// Match tells whether a page shows what a command printed. Blanks at the end of a line do not count.
func Match(shown, printed []string) bool {
	if len(shown) == 0 {
		return len(printed) == 0
	}
	if strings.TrimSpace(shown[0]) == Elision {
		for i := 0; i <= len(printed); i++ {
			if Match(shown[1:], printed[i:]) {
				return true
			}
		}
		return false
	}
	return len(printed) > 0 && matchLine(shown[0], printed[0]) && Match(shown[1:], printed[1:])
}

func matchLine(shown, printed string) bool {
	shown, printed = strings.TrimRight(shown, " "), strings.TrimRight(printed, " ")
	if shown == printed {
		return true
	}
	parts := strings.Split(shown, Elision)
	if len(parts) == 1 {
		return false
	}
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(printed)
}

// Renew gives what a page should show of what was printed, in the manner in which it showed it before: what it left out
// is left out again. The first lines are the first ones again and the last the last; what stands between two gaps is
// looked for by how it begins. Where that is not found all is shown.
func Renew(shown, printed []string) []string {
	if Match(shown, printed) {
		return shown
	}
	printed = slices.Clone(printed)
	for i, l := range printed { // a line in which a part was left out, and which is as it was
		if j := slices.IndexFunc(shown, func(s string) bool { return strings.TrimSpace(s) != Elision && matchLine(s, l) }); j >= 0 {
			printed[i] = shown[j]
		}
	}
	parts := [][]string{nil}
	for _, l := range shown {
		if strings.TrimSpace(l) == Elision {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], l)
	}
	last := len(parts) - 1
	tail := len(printed) - len(parts[last])
	if last == 0 || tail < len(parts[0]) {
		return printed
	}
	out := slices.Clone(printed[:len(parts[0])])
	at := len(out)
	for _, part := range parts[1:last] {
		if len(part) == 0 {
			continue
		}
		i := slices.IndexFunc(printed[at:tail], func(l string) bool { return begins(l) == begins(part[0]) })
		if i < 0 || at+i+len(part) > tail {
			return printed
		}
		out = append(append(out, Elision), printed[at+i:at+i+len(part)]...)
		at += i + len(part)
	}
	return append(append(out, Elision), printed[tail:]...)
}

// begins is by what a line is found again: its first word, and the second one as long as it is no figure.
func begins(line string) string {
	words := strings.Fields(line)
	if len(words) > 1 && !strings.ContainsAny(words[1], "0123456789") {
		return words[0] + " " + words[1]
	}
	return strings.Join(words[:min(1, len(words))], "")
}

var (
	took     = regexp.MustCompile(`\b(in|after|took) [0-9][0-9.,]* ?(?:ms|µs|s)\b`)
	port     = regexp.MustCompile(`\b(127\.0\.0\.1|localhost):[0-9]{4,5}\b`)
	calls    = regexp.MustCompile(`\b[0-9]+ calls \([0-9]+ reads, [0-9]+ writes\)`)
	left     = regexp.MustCompile(`\([0-9hms]+ to go\)`)
	figures  = regexp.MustCompile(`of them timeouts(?:, p95 .*)?$`)
	instant  = regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})`)
	progress = regexp.MustCompile(`^(?:done|waiting): |^[a-z][a-z ]+: .*\([0-9]+(?:m[0-9]+)?s\)$`)
)

// Said is what was printed without the lines of progress, which a terminal shows in one line that is
// gone at the end.
func Said(printed []string) []string {
	var out []string
	for _, l := range printed {
		if !progress.MatchString(l) {
			out = append(out, strings.TrimRight(l, " "))
		}
	}
	return out
}

// Stable takes out of an output what may be otherwise in every run, for a page that is written anew: how long
// something took and how many calls it was, ports, and times about now.
func Stable(printed []string, now time.Time) []string {
	var out []string
	for _, l := range printed {
		l = took.ReplaceAllString(l, "$1 "+Elision)
		l = calls.ReplaceAllString(l, Elision+" calls ("+Elision+" reads, "+Elision+" writes)")
		l = left.ReplaceAllString(l, "("+Elision+" to go)")
		l = figures.ReplaceAllString(l, "of them timeouts"+Elision)
		l = port.ReplaceAllString(l, "$1:"+Elision)
		l = instant.ReplaceAllStringFunc(l, func(s string) string {
			if t, err := time.Parse(time.RFC3339, s); err == nil && t.Sub(now).Abs() < 36*time.Hour {
				return Elision
			}
			return s
		})
		out = append(out, l)
	}
	return out
}
