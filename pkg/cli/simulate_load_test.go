package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A load is refused by name what says nothing to it, and its flags without it.
func TestLoadRefusals(t *testing.T) {
	p := newProgram(t)
	minimal := filepath.Join(filepath.Dir(filepath.Dir(basicFile)), "minimal", "dealroute.yaml")
	for args, want := range map[string]string{
		"--load 60/min --ani +15135550142":              "--load and --ani",
		"--load 60/min --world w.yaml":                  "--load and --world",
		"--load 60/min --crm live":                      "--load and --crm live",
		"--load 60/min --every 1s":                      "--load and --every",
		"--load 60/min --suite s.csv":                   "--load and --suite",
		"--load 60/min --time-zone UTC":                 "--load and --columns",
		"--load 60/min --trace":                         "--load and --trace",
		"--load 60":                                     `--load "60" is no rate`,
		"--load 0/min":                                  "brings no calls",
		"--load 60/min --for 0s":                        "--for 0s",
		"--load 60/min --strangers 130%":                "--strangers",
		"--load 60/min --latency 1s":                    "--latency",
		"--load 60/min --tier gold":                     "--tier",
		"--load 60/min --search-window x":               "--search-window",
		"--load 60/min --action-limits 1":               "--action-limits",
		"--load 60/min --compare seek":                  "seek",
		"--load 60/min --compare search --max-failed 0": "--max-failed 0",
		"--load 60/min --max-failed 5%":                 "--compare and --find-limit",
		"--load 60/min --compare=":                      "--compare names no strategy",
		"--load 60/min --fault timeout@":                "names no time",
		"--find-limit -o csv":                           "--find-limit has no output csv",
		"--load 60/min --fault timeout@09:00-09:05":     "after the last call",
		"--load 60/min --fault timeout@tomorrow":        "no time of the day",
		"--find-limit --fault timeout@16:00-16:05":      "--find-limit",
		"--find-limit --arrivals a.csv":                 "--find-limit and --arrivals",
		"--seed 7 --ani 1":                              "--seed belongs to --load",
		"--ani 1 -o csv":                                "output csv belongs to --load",
		"--load 60/min -o sarif":                        "sarif",
	} {
		code, out, errs := p.run(append([]string{"simulate", "-f", minimal}, strings.Fields(args)...)...)
		if code != 1 || out != "" || !strings.Contains(errs, want) || !strings.Contains(errs, "hint:") {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
}

// The same seed gives the same answer but for the time it took; the minutes are those of the CSV;
// a file of arrivals says when and how many come.
func TestLoadAnswers(t *testing.T) {
	p := newProgram(t)
	load := []string{"simulate", "-f", basicFile, "--load", "60/min", "--for", "5m", "--seed", "7"}
	answer := func(args ...string) (a struct {
		Calls    int64
		Outcomes map[string]int64
		Minutes  []struct{ Calls int64 }
	}, text string) {
		code, out, errs := p.run(append(args, "-o", "json")...)
		if code != 0 || errs != "" {
			t.Fatalf("exit %d\n%s", code, errs)
		}
		if err := json.Unmarshal([]byte(out), &a); err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			t.Fatal(err)
		}
		delete(all, "ms")
		data, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return a, string(data)
	}
	first, one := answer(load...)
	if _, two := answer(load...); one != two {
		t.Errorf("the same seed gives\n%s\nand\n%s", one, two)
	}
	var sum int64
	for _, n := range first.Outcomes {
		sum += n
	}
	if sum != first.Calls || first.Calls < 200 || len(first.Minutes) != 5 {
		t.Errorf("%+v", first)
	}
	code, out, errs := p.run(append(load, "-o", "csv")...)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if code != 0 || errs != "" || err != nil || len(rows) != 6 {
		t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	for i, m := range first.Minutes {
		if rows[i+1][1] != strconv.FormatInt(m.Calls, 10) {
			t.Errorf("minute %d has %s calls in the CSV, and %d", i, rows[i+1][1], m.Calls)
		}
	}
	file := filepath.Join(t.TempDir(), "monday.csv")
	if err := os.WriteFile(file, []byte("minute,calls\n09:00,3\n09:01,4\n09:02,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, _ := answer("simulate", "-f", basicFile, "--arrivals", file); a.Calls != 7 || len(a.Minutes) != 3 || a.Minutes[1].Calls != 4 {
		t.Errorf("%+v", a)
	}
}
