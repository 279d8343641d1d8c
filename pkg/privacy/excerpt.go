package privacy

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
)

var (
	long = pattern.Of(`\+?[0-9](?:[ ().-]{0,2}[0-9]){6,}`)
	day  = pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)

	// The value of a key that holds ids of HubSpot's: one, a list in brackets, or one on lines of its own.
	ids = pattern.Of(`(?m)(?:^|[\s{,])["']?(?:id|ids|askIds|contactId|dealId|ownerId|\w+Of|hubspot_(?:owner_id|contact_id|deal_id|deal_stage)|portal|pipelines?|dealstage|stages?|contacts|deals)["']?[ \t]*:(?:[ \t]*["']?[0-9]+|[ \t]*\[[\s0-9"',]*|(?:[ \t]*\r?\n[ \t]*-[ \t]*["']?[0-9]+["']?)+)`)

	// The value of a key that holds words about a person, and the name in front of an address.
	about = pattern.Of(`(?i)(\b(?:first_?name|last_?name|e?mail|company|jobtitle|address|city|zip)["']?[ \t]*:[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^,}\]\n#]+)`)
	named = pattern.Of(`()((?:\\?"[^"\n]*"|'[^'\n]*'|[\p{L}.' -]+)[ \t]*<)(?:sips?:|tel:|\+|[0-9])`)
)

// Excerpt makes a file about callers fit to be quoted from: of what may be a number only the
// first four digits stay, of names and addresses of mail nothing, and every column where it is.
// Ids and own numbers, in E.164, are shown.
func Excerpt(text []byte, own ...string) []byte {
	for _, form := range []func() *regexp.Regexp{about, named} {
		text = replaceGroup(form(), text, 2)
	}
	text = replaceGroup(mail(), text, 0)
	var out []byte
	done := 0
	shown := ids().FindAllIndex(text, -1)
	for _, at := range long().FindAllIndex(text, -1) {
		number := text[at[0]:at[1]]
		for len(shown) > 0 && shown[0][1] < at[1] {
			shown = shown[1:]
		}
		id := len(shown) > 0 && shown[0][0] <= at[0] && !bytes.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' })
		if id || day().Match(number) || number[0] == '+' && slices.Contains(own, "+"+phone.Digits(string(number))) {
			continue
		}
		n := 0
		dotted := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return r
			}
			if n++; n > 4 {
				return '•'
			}
			return r
		}, string(number))
		out = append(append(out, text[done:at[0]]...), dotted...)
		done = at[1]
	}
	return append(out, text[done:]...)
}

// replaceGroup puts dots in the place of the letters and digits of a group.
func replaceGroup(form *regexp.Regexp, text []byte, group int) []byte {
	var out []byte
	done := 0
	for _, at := range form.FindAllSubmatchIndex(text, -1) {
		from, to := at[2*group], at[2*group+1]
		out = append(out, text[done:from]...)
		out = append(out, strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return '•'
			}
			return r
		}, string(text[from:to]))...)
		done = to
	}
	return append(out, text[done:]...)
}

// Findings are those of a file about callers, without their numbers and addresses of mail; own
// numbers are shown.
func Findings(fs diag.Findings, own ...string) diag.Findings {
	out := append(diag.Findings{}, fs...)
	for i := range out {
		out[i].Message, out[i].Hint = mails(phone.MaskIn(out[i].Message, own...)), mails(phone.MaskIn(out[i].Hint, own...))
	}
	return out
}
