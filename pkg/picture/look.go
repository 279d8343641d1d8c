package picture

import _ "embed"

//go:embed look.css
var look string

// Look is the stylesheet with the colours and letters that every picture and page shares: names
// beginning with --, for light and for dark. Whoever embeds a picture puts it before everything else.
func Look() string { return look }
