package browser

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Letters are the only families that a browser finds: one for text, one for code. Every generic name of CSS leads to
// one of them. The zero value leaves the machine's own.
type Letters struct{ Text, Code string }

// Families that Debian and its children have packages of. Of these DejaVu is the widest, Liberation has the widths of
// Arial and Noto stands between them.
var (
	DejaVu     = Letters{"DejaVu Sans", "DejaVu Sans Mono"}    // fonts-dejavu-core
	Liberation = Letters{"Liberation Sans", "Liberation Mono"} // fonts-liberation
	Noto       = Letters{"Noto Sans", "Noto Sans Mono"}        // fonts-noto-core, fonts-noto-mono
)

// config writes the fontconfig file that lets a browser find nothing else. Where a family is not installed, or nothing
// asks fontconfig, the test is skipped, and says so.
func (l Letters) config(t testing.TB) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("%s: letters are chosen by fontconfig, which browsers ask on Linux only", l.Text)
	}
	path := filepath.Join(t.TempDir(), "fonts.conf")
	if err := os.WriteFile(path, []byte(l.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "fc-list", "--format", "%{family}\n")
	cmd.Env = append(os.Environ(), "FONTCONFIG_FILE="+path)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("fc-list, which says which letters are here: %v", err)
	}
	for _, family := range []string{l.Text, l.Code} {
		if !strings.Contains("\n"+string(out), "\n"+family) {
			t.Skipf("the letters %s are not installed", family)
		}
	}
	return path
}

func (l Letters) text() string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n")
	for _, dir := range []string{"/usr/share/fonts", "/usr/local/share/fonts"} {
		fmt.Fprintf(&b, "<dir>%s</dir>\n", dir)
	}
	b.WriteString("<dir prefix=\"xdg\">fonts</dir>\n<cachedir prefix=\"xdg\">fontconfig</cachedir>\n<selectfont>\n")
	for _, scalable := range []string{"true", "false"} { // all there are
		fmt.Fprintf(&b, "<rejectfont><pattern><patelt name=\"scalable\"><bool>%s</bool></patelt></pattern></rejectfont>\n", scalable)
	}
	for _, family := range []string{l.Text, l.Code} {
		fmt.Fprintf(&b, "<acceptfont><pattern><patelt name=\"family\"><string>%s</string></patelt></pattern></acceptfont>\n", escaped(family))
	}
	b.WriteString("</selectfont>\n")
	for _, as := range [][2]string{{"monospace", l.Code}, {"ui-monospace", l.Code}, {"sans-serif", l.Text}, {"system-ui", l.Text}, {"serif", l.Text}} {
		fmt.Fprintf(&b, "<match target=\"pattern\"><test name=\"family\"><string>%s</string></test><edit name=\"family\" mode=\"assign\" binding=\"strong\"><string>%s</string></edit></match>\n", as[0], escaped(as[1]))
	}
	fmt.Fprintf(&b, "<match target=\"pattern\"><edit name=\"family\" mode=\"append_last\"><string>%s</string></edit></match>\n", escaped(l.Text)) // for names that nothing knows
	// The same shapes whatever the machine's own settings are.
	b.WriteString("<match target=\"font\"><edit name=\"antialias\" mode=\"assign\"><bool>true</bool></edit><edit name=\"hinting\" mode=\"assign\"><bool>false</bool></edit>" +
		"<edit name=\"rgba\" mode=\"assign\"><const>none</const></edit></match>\n</fontconfig>\n")
	return b.String()
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil { // a builder takes everything
		return ""
	}
	return b.String()
}
