package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// want is what a page should say of what stands at these places of the answer.
func (c *checker) want(form, paths string) (string, error) {
	if form == "where" {
		return c.where(strings.Fields(paths))
	}
	var all [][]any // for each path, what stands there
	for _, path := range strings.Fields(paths) {
		var here []any
		for _, p := range strings.Split(path, "+") {
			found, err := look(c.data, p)
			if err != nil {
				return "", err
			}
			here = append(here, found...)
		}
		all = append(all, here)
	}
	if len(all) == 0 {
		return "", fmt.Errorf("no place")
	}
	switch form {
	case "text", "lines", "money", "place", "time", "daytime", "len", "big", "json":
		if len(all) != 1 || len(all[0]) != 1 {
			return "", fmt.Errorf("%s takes one place, and %s are several", form, paths)
		}
		return single(form, all[0][0])
	}
	var numbers [][]float64
	for _, here := range all {
		var ns []float64
		for _, v := range here {
			n, ok := v.(json.Number)
			if !ok {
				return "", fmt.Errorf("%v is no number", v)
			}
			f, err := n.Float64()
			if err != nil {
				return "", err
			}
			ns = append(ns, f)
		}
		numbers = append(numbers, ns)
	}
	return numeric(form, numbers)
}

func numeric(form string, ns [][]float64) (string, error) {
	var every []float64
	for _, n := range ns {
		every = append(every, n...)
	}
	switch form {
	case "count":
		return thousands(sum(every)), nil
	case "most":
		return thousands(most(every)), nil
	case "ms":
		return thousands(most(every)) + " ms", nil
	case "share":
		if len(ns) != 2 {
			return "", fmt.Errorf("a share is of two, and here are %d", len(ns))
		}
		return percent(sum(ns[0]) / math.Max(1, sum(ns[1]))), nil
	case "ratio":
		if len(ns) != 2 {
			return "", fmt.Errorf("a ratio is of two, and here are %d", len(ns))
		}
		return fmt.Sprintf("%.2f", sum(ns[0])/math.Max(1, sum(ns[1]))), nil
	case "mean":
		return fmt.Sprintf("%.2f", every[0]), nil
	case "of1":
		return percent(every[0]), nil
	case "percent":
		return strconv.FormatFloat(every[0], 'f', -1, 64) + " %", nil
	case "number":
		if math.Abs(every[0]) >= 100 {
			return thousands(math.Floor(every[0] + 0.5)), nil
		}
		return fmt.Sprintf("%.3g", every[0]), nil
	}
	return "", fmt.Errorf("the form %q is not known", form)
}

// where counts the objects of a list that have a value under a key.
func (c *checker) where(of []string) (string, error) {
	if len(of) != 3 {
		return "", fmt.Errorf("where takes a place, a key and a value, not %q", of)
	}
	found, err := look(c.data, of[0])
	if err != nil {
		return "", err
	}
	list, ok := found[0].([]any)
	if !ok {
		return "", fmt.Errorf("%s is no list", of[0])
	}
	n := 0
	for _, x := range list {
		value, err := child(x, unescape(of[1]))
		if err != nil {
			return "", err
		}
		if fmt.Sprint(value[0]) == unescape(of[2]) {
			n++
		}
	}
	return thousands(float64(n)), nil
}

// onOneLine is a value as JSON, cut where a page cuts it.
func onOneLine(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	r := []rune(strings.TrimSpace(b.String()))
	if len(r) > 160 {
		return shown(string(r[:159]) + "…"), err
	}
	return shown(string(r)), err
}

func single(form string, v any) (string, error) {
	if form == "json" {
		return onOneLine(v)
	}
	switch v := v.(type) {
	case string:
		switch form {
		case "text":
			return shown(v), nil
		case "money":
			return money(v), nil
		case "lines":
			lines := strings.Split(v, "\n")
			for i, l := range lines {
				cells := strings.Split(l, "\t")
				for k := range cells {
					cells[k] = shown(cells[k])
				}
				lines[i] = strings.Join(cells, "\t")
			}
			return strings.Join(lines, "\n"), nil
		case "big":
			n := v
			for i := len(n) - 3; i > 0; i -= 3 {
				n = n[:i] + "," + n[i:]
			}
			return n, nil
		}
		t, err := time.Parse(time.RFC3339, v)
		layout := map[string]string{"time": "15:04", "daytime": "2006-01-02 15:04"}[form]
		return t.UTC().Format(layout), err
	case []any:
		return thousands(float64(len(v))), nil
	case map[string]any:
		if form == "len" {
			return thousands(float64(len(v))), nil
		}
		file, _ := v["file"].(string)
		line, _ := v["line"].(json.Number)
		return fmt.Sprintf("%s:%s", filepath.Base(file), line), nil
	}
	return "", fmt.Errorf("%v is nothing of the form %s", v, form)
}

// look gives what stands at a JSON pointer; a step a..b stands for several of a list.
func look(v any, pointer string) ([]any, error) {
	here := []any{v}
	for _, step := range strings.Split(pointer, "/")[1:] {
		step = unescape(step)
		var next []any
		for _, x := range here {
			found, err := child(x, step)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", pointer, err)
			}
			next = append(next, found...)
		}
		here = next
	}
	return here, nil
}

func unescape(step string) string {
	return strings.NewReplacer("~1", "/", "~2", " ", "~3", "+", "~0", "~").Replace(step)
}

func child(v any, step string) ([]any, error) {
	switch v := v.(type) {
	case map[string]any:
		x, ok := v[step]
		if !ok {
			return nil, fmt.Errorf("the answer has no %q there", step)
		}
		return []any{x}, nil
	case []any:
		from, to, several := strings.Cut(step, "..")
		a, err := strconv.Atoi(from)
		b := a
		if several && err == nil {
			b, err = strconv.Atoi(to)
		}
		if err != nil || a < 0 || b < a || b >= len(v) {
			return nil, fmt.Errorf("the answer's list of %d has no %q", len(v), step)
		}
		return v[a : b+1], nil
	}
	return nil, fmt.Errorf("the answer has nothing below %v", v)
}

func sum(ns []float64) (s float64) {
	for _, n := range ns {
		s += n
	}
	return s
}

func most(ns []float64) (m float64) {
	for _, n := range ns {
		m = math.Max(m, n)
	}
	return m
}

func thousands(f float64) string {
	s := strconv.FormatFloat(f, 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// money is a decimal number with two digits and its thousands apart; any other text stays as it is.
func money(s string) string {
	plain := strings.TrimPrefix(s, "-")
	whole, part, _ := strings.Cut(plain, ".")
	if whole == "" || strings.Trim(whole+part, "0123456789") != "" {
		return shown(s)
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return s[:len(s)-len(plain)] + whole + "." + (part + "00")[:2]
}

func percent(share float64) string {
	s := fmt.Sprintf("%.1f", 100*share)
	if share > 0 && share < 0.001 {
		s = fmt.Sprintf("%.3f", 100*share)
	}
	return strings.TrimSuffix(s, ".0") + " %"
}

// shown is a string as a page shows it: what no page should obey is written out.
func shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case !unicode.IsPrint(r) && r != '\u00a0':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
