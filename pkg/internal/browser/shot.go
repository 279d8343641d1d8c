package browser

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the pictures that pages are compared with")

// Updating says whether pictures are to be written and not compared.
func Updating() bool { return *update }

// What two pictures may differ by and still be the same to a reader. They are compared by fields of 8 by 8 pixels, each
// by its mean colour. Where both have one colour all over, hardly anything: a colour is a choice. Elsewhere as much as the
// edges of letters that another version of the browser draws otherwise, and less than a line, a box or a word that is
// elsewhere. TestSame says what is found and what is not.
const (
	field = 8
	Tint  = 4  // of 255, where a field has one colour
	Edge  = 32 // of 255, elsewhere
)

// Shot gives what is seen of the page: as wide as the look, as high as the page but no higher than max pixels.
func (p *Page) Shot(max int) image.Image {
	p.t.Helper()
	var img image.Image
	p.do("screenshot", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		size, err := cdp.Call(ctx, t, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		beyond := true
		shot, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format:                page.CaptureScreenshotFormatPng,
			CaptureBeyondViewport: &beyond,
			Clip:                  &page.Viewport{Width: float64(p.look.Width), Height: min(size.CSSContentSize.Height, float64(max)), Scale: 1},
		})
		if err != nil {
			return err
		}
		img, err = png.Decode(bytes.NewReader(shot.Data))
		return err
	}))
	return img
}

// Hide takes what a selector finds out of sight where it is: times, and what else is never the same.
func (p *Page) Hide(selector string) {
	p.t.Helper()
	Value[bool](p, fmt.Sprintf("document.querySelectorAll(%q).forEach(e => e.style.visibility = 'hidden') ?? true", selector))
}

// Looks compares what is seen of the page with the picture of that name, and fails the test when a reader would see
// the difference; what was seen is then kept beside other results, if DEALROUTE_SHOTS names a folder for them. With
// -update it writes the picture. Pictures belong to one family of letters: compare with a browser that has it.
func (p *Page) Looks(name string, max int) {
	p.t.Helper()
	got := p.Shot(max)
	if dir := os.Getenv("DEALROUTE_SHOTS"); dir != "" {
		if err := write(filepath.Join(dir, filepath.Base(name)), got); err != nil {
			p.t.Fatal(err)
		}
	}
	if *update {
		if err := write(name, got); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		p.t.Fatalf("%s: no such picture: look at the page, then run with -update", name)
	} else if err != nil {
		p.t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		p.t.Fatalf("%s: %v", name, err)
	}
	if d := Compare(want, got); !d.Same() {
		p.t.Errorf("%s: %s; DEALROUTE_SHOTS=folder keeps what was seen, -update takes it", name, d)
	}
}

func write(name string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, paletted(img)); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// paletted gives the picture in 256 colours, which is a third of the bytes: areas keep theirs, small marks too, and of the
// shades at the edges of letters some become their neighbours.
func paletted(img image.Image) image.Image {
	in := plain(img)
	often := map[color.RGBA]int{}
	for at := 0; at < len(in.Pix); at += 4 {
		often[color.RGBA{in.Pix[at], in.Pix[at+1], in.Pix[at+2], in.Pix[at+3]}]++
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	// Always the one next of which most would be lost: how often it is, times how far it is from all that are taken.
	far := make([]int, len(colours))
	for i := range far {
		far[i] = 3 * 255 * 255
	}
	var palette color.Palette
	for len(palette) < 256 {
		next := 0
		for i, c := range colours {
			if far[i]*often[c] > far[next]*often[colours[next]] {
				next = i
			}
		}
		if far[next] == 0 {
			break
		}
		palette = append(palette, colours[next])
		for i, c := range colours {
			far[i] = min(far[i], distance(c, colours[next]))
		}
	}
	out := image.NewPaletted(in.Rect, palette)
	draw.Draw(out, out.Rect, in, image.Point{}, draw.Src)
	return out
}

func distance(a, b color.RGBA) int {
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + bl*bl
}

// A Difference is by how much two pictures differ.
type Difference struct {
	Sizes      [2]image.Point // of the two
	Tint, Edge float64        // of 255, of the fields that differ most
	At         image.Point    // the first pixel of the first field that differs too much
	Fields     int            // how many do
}

// Same says whether a reader sees the same.
func (d Difference) Same() bool { return d.Sizes[0] == d.Sizes[1] && d.Fields == 0 }

func (d Difference) String() string {
	if d.Sizes[0] != d.Sizes[1] {
		return fmt.Sprintf("%d × %d pixels, and %d × %d were seen", d.Sizes[0].X, d.Sizes[0].Y, d.Sizes[1].X, d.Sizes[1].Y)
	}
	return fmt.Sprintf("%d fields of %d × %d pixels differ, the first at %d, %d: by up to %.0f of 255 in plain ones (allowed: %d), by up to %.0f in others (allowed: %d)",
		d.Fields, field, field, d.At.X, d.At.Y, d.Tint, Tint, d.Edge, Edge)
}

// Compare says by how much two pictures differ.
func Compare(a, b image.Image) Difference {
	d := Difference{Sizes: [2]image.Point{a.Bounds().Size(), b.Bounds().Size()}}
	if d.Sizes[0] != d.Sizes[1] {
		return d
	}
	x, y := plain(a), plain(b)
	for top := 0; top < x.Rect.Dy(); top += field {
		for left := 0; left < x.Rect.Dx(); left += field {
			d.add(seen(x, left, top), seen(y, left, top), image.Pt(left, top))
		}
	}
	return d
}

func (d *Difference) add(a, b colour, at image.Point) {
	far := 0.0
	for i := range a.mean {
		far = max(far, a.mean[i]-b.mean[i], b.mean[i]-a.mean[i])
	}
	most, allowed := &d.Edge, float64(Edge)
	if a.one && b.one {
		most, allowed = &d.Tint, Tint
	}
	*most = max(*most, far)
	if far > allowed {
		if d.Fields == 0 {
			d.At = at
		}
		d.Fields++
	}
}

func plain(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// A colour is what a field has.
type colour struct {
	mean [3]float64 // red, green, blue
	one  bool       // the same all over
}

func seen(img *image.RGBA, left, top int) colour {
	c := colour{one: true}
	first := img.PixOffset(left, top)
	right, bottom := min(left+field, img.Rect.Dx()), min(top+field, img.Rect.Dy())
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			at := img.PixOffset(x, y)
			for i := range c.mean {
				c.mean[i] += float64(img.Pix[at+i])
				c.one = c.one && img.Pix[at+i] == img.Pix[first+i]
			}
		}
	}
	for i := range c.mean {
		c.mean[i] /= float64((right - left) * (bottom - top))
	}
	return c
}
