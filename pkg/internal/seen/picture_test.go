package seen_test

import (
	"bytes"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/browser"
)

//go:embed testdata/fits.js
var fits string

// drawings are the pictures that are looked at, and how each is made of an example.
var drawings = map[string][]string{
	"flow":  {"graph"},
	"rules": {"graph", "--rules"},
}

// marked are pictures with the way of calls in them.
var marked = map[string][]string{
	"flow of a call":   {"graph", "--ani", "+15135550142"},
	"flow of a fault":  {"graph", "--ani", "+15135550142", "--fault", "timeout"},
	"rules of a call":  {"graph", "--rules", "--ani", "+15135550142"},
	"flow of a suite":  {"graph", "--coverage", "examples/basic/calls.yaml"},
	"rules of a suite": {"graph", "--rules", "--coverage", "examples/basic/calls.yaml"},
}

// draw has the program draw, and gives the name of the picture.
func (d desk) draw(example, name string, args ...string) string {
	d.t.Helper()
	file := example + "-" + strings.ReplaceAll(name, " ", "-") + ".svg"
	svg := d.run(nil, append(append([]string{}, args...), "-f", filepath.Join("examples", example, "dealroute.yaml"), "-o", "svg")...)
	if err := os.WriteFile(d.path(file), svg, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return file
}

// Every picture of every example can be read: no text leaves its box, nothing lies on anything else, no line goes
// through a box. All of them are looked at with the widest letters; with the others those of the example that has everything
// and of the one that calls are marked in.
func TestPicturesFit(t *testing.T) {
	d := sit(t)
	files := map[string]string{}
	for _, example := range examples(t) {
		for name, args := range drawings {
			files[example+" "+name] = d.draw(example, name, args...)
		}
	}
	for name, args := range marked {
		files["basic "+name] = d.draw("basic", name, args...)
	}
	lettersOf(t, func(t *testing.T, letters browser.Letters, b *browser.Browser) {
		for name, file := range files {
			if letters != browser.DejaVu && !strings.HasPrefix(name, "basic ") && !strings.HasPrefix(name, "every-setting ") {
				continue
			}
			t.Run(name, func(t *testing.T) {
				p := b.Open(t, d.address(file), browser.Wide.OnItsOwn())
				for _, s := range browser.Value[[]string](p, fits) {
					t.Error(s)
				}
				p.Readable("at 1280 pixels")
				p.Look(browser.Wide.InDark().OnItsOwn())
				for _, s := range browser.Value[[]string](p, fits) {
					t.Error("dark: " + s)
				}
			})
		}
	})
}

// What does not fit is found: a picture for each thing that may go wrong, and one where nothing does.
func TestFitsFinds(t *testing.T) {
	browser.Find(t)
	b := browser.Start(t, browser.DejaVu)
	const (
		find = `<g class="node ask" id="n-a" data-node="a"><rect x="20" y="20" width="160" height="40"/><text x="30" y="45">Find contact</text></g>`
		deal = `<g class="node ask" id="n-b" data-node="b"><rect x="20" y="120" width="160" height="40"/><text x="30" y="145">Find deals</text></g>`
		line = `<g class="edge" id="e-1" data-from="a" data-to="b"><path class="line" d="M100 60V120"/><text x="110" y="95">found</text></g>`
	)
	for _, test := range []struct{ name, svg, want string }{
		{"all is well", find + deal + line, ""},
		{"no box", "", "the picture has no box"},
		{"text too wide", `<g class="node" id="n-a" data-node="a"><rect x="20" y="20" width="60" height="40"/><text x="30" y="45">Find contact</text></g>`, "text leaves its box n-a by "},
		{"text above", `<g class="node" id="n-a" data-node="a"><rect x="20" y="20" width="160" height="40"/><text x="30" y="22">Find contact</text></g>`, "text leaves its box n-a: "},
		{"the corner of a question", `<g class="node" id="n-a" data-node="a"><path d="M20 60L100 20L180 60L100 100Z"/><text x="40" y="50">Known caller?</text></g>`, "text leaves its box n-a"},
		{"text outside", find + `<text x="380" y="150">a title that is far too long</text>`, "text leaves the picture: "},
		{"box on box", find + `<g class="node" id="n-b" data-node="b"><rect x="170" y="30" width="60" height="20"/></g>`, "box on box: n-a and n-b"},
		{"text on text", find + deal + line + `<text x="120" y="96">or not</text>`, `text on text: "found" and "or not"`},
		{"label on a box", find + deal + `<g class="edge" id="e-1" data-from="a" data-to="b"><text x="170" y="60">found</text></g>`, `text on a box: "found" on n-a`},
		{"line through a box", find + deal + `<g class="edge" id="e-1" data-from="b" data-to="c"><path class="line" d="M10 40H250"/></g>`, "a line goes through a box: e-1 through n-a"},
		{"line through its own text", find + deal + `<g class="edge" id="e-1" data-from="a" data-to="b"><path class="line" d="M100 60V120"/><text x="80" y="95">found</text></g>`, `a line goes through text: e-1 through "found"`},
		{"chip too small", find + deal + `<g class="edge" id="e-1" data-from="a" data-to="c"><rect class="chip" x="200" y="30" width="40" height="20"/><text class="chip-text" x="205" y="45">Choose the rule</text></g>`, "text leaves its mark by "},
		{"faint", `<g class="node" id="n-a" data-node="a"><rect x="20" y="20" width="160" height="40"/><text x="30" y="45" style="fill: #999">Find contact</text></g>`, "contrast of 2.8 to 1"},
		{"the colour of its box", `<g class="node" id="n-a" data-node="a"><rect x="20" y="20" width="160" height="40" style="fill: #222"/><text x="30" y="45">Find contact</text></g>`, "contrast of 1."},
		{"a mark on text", `<g class="node" id="n-a" data-node="a"><rect x="20" y="20" width="160" height="40"/><text x="30" y="45">Find contact</text><rect class="wait" x="90" y="30" width="60" height="18"/><text class="wait-text" x="95" y="43">118 ms</text></g>`, "a mark on text"},
		{"chip on a box", find + deal + `<g class="edge" id="e-1" data-from="b" data-to="c"><rect class="chip" x="150" y="30" width="140" height="20"/><text class="chip-text" x="190" y="45">Choose</text></g>`, "box on box: n-a and e-1"},
		{"line through a chip", find + deal + line + `<g class="edge" id="e-2" data-from="a" data-to="c"><rect class="chip" x="90" y="70" width="60" height="20"/></g>`, "a line goes through a box: e-1 through e-2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "a.svg")
			svg := `<svg xmlns="http://www.w3.org/2000/svg" class="picture" width="420" height="200" viewBox="0 0 420 200" style="background: #fff"><style>text{font:13px sans-serif}rect,path{fill:none;stroke:#000}</style>` + test.svg + `</svg>`
			if err := os.WriteFile(name, []byte(svg), 0o600); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(browser.Value[[]string](b.Open(t, "file://"+name, browser.Wide.OnItsOwn()), fits), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Pictures of the documentation are what the program draws now; -update writes them.
func TestPicturesOfDocs(t *testing.T) {
	d := sit(t)
	for name, args := range map[string][]string{
		"rules.svg": {"graph", "--rules", "-f", "examples/minimal/dealroute.yaml", "-o", "svg"},
	} {
		path := filepath.Join(root, "docs", "pictures", name)
		got := d.run(nil, args...)
		if browser.Updating() {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s is not what dealroute %s draws: look at it, then run with -update", path, strings.Join(args, " "))
		}
	}
}
