package picture

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

//go:embed look.css
var look string

// Look is the stylesheet with the colours and letters that every picture and page shares: names
// beginning with --, for light and for dark. Whoever embeds a picture puts it before everything else.
func Look() string { return look }

var named = pattern.Of(`--([a-z-]+): (?:light-dark\(([^,]+), [^)]+\)|([^;]+));`)

// ownStyle is the stylesheet of a picture that is a file of its own. Drawing programs and older
// browsers know no names and no light-dark, and would paint all of it black: for them everything
// is said plainly first, in the colours of a light page.
var ownStyle = sync.OnceValue(func() string {
	var plain []string
	for _, m := range named().FindAllStringSubmatch(look, -1) {
		plain = append(plain, "var(--"+m[1]+")", m[2]+m[3])
	}
	return strings.NewReplacer(plain...).Replace(style) + "@supports (color: light-dark(#000, #fff)) {\n" + look + style + "}\n"
})
