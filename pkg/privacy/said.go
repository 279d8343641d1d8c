package privacy

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/secret"
)

var (
	// What stands behind dots is the rest of a number, and the host of a call no person.
	mail = pattern.Of(`(?i)(^|[\s"'<>()\[\]{}|,;:/\\=&?])[^\s"'<>()\[\]{}|@,;:/\\=&?•]+(?:@|%(?:25)*40)(?:[a-z0-9-]+\.)+[a-z]{2,}`)
	// Apart as people write it, in one, or behind a trunk prefix: an id of ten digits or more looks the same, and is
	// hidden too. A part of a UUID is none.
	apart = pattern.Of(`(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b`)
	row   = pattern.Of(`(^|[^0-9A-Za-z_-])(\d{10,15}|0\d(?:[ ()/-]{0,2}\d){7,13})($|[^0-9A-Za-z_-])`)
)

// mails hides the addresses of mail in a text.
func mails(text string) string {
	if !strings.Contains(text, "@") && !strings.Contains(text, "40") {
		return text
	}
	return mail().ReplaceAllString(text, "${1}"+Hidden)
}

// longestSaid is how many characters of a vendor's words are told.
const longestSaid = 2000

// Said is what a vendor says, in an error, of a job, as an id of a request, and all that may be
// shown of it: nothing that has the form of a secret, no number and no address of a person. It
// is where such words become a value; secrets without a form are known to the run, which hides
// them in every output.
func Said(text string) string {
	text = text[:min(len(text), 8*longestSaid)]
	text = phone.MaskIn(secret.Said(text))
	text = mails(text)
	text = apart().ReplaceAllStringFunc(text, phone.Mask)
	for range 2 { // what ends one number may begin the next
		text = row().ReplaceAllStringFunc(text, func(s string) string {
			p := row().FindStringSubmatch(s)
			return p[1] + phone.Mask(p[2]) + p[3]
		})
	}
	// What is read beyond has room for a secret or a number that would be cut.
	return diag.Shorten(text, longestSaid)
}
