package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// Known are the secrets that a run has met, so that the last writer can keep them out of what
// others say: a vendor's error may repeat the header it refuses. A nil Known knows none. It may
// be used by several goroutines.
type Known struct {
	mu      sync.RWMutex
	forms   []string // longest first
	coded   []string // of those that have escapes in them, what they are without
	longest int
}

// shortest is the length in bytes from which a text is hidden wherever it stands; a shorter one
// would take common words out of every message. Keys, tokens and secrets of both vendors have
// more than 30.
const shortest = 6

// Add makes secrets known, and those that stand in addresses as user:password@.
func (k *Known) Add(vs ...Value) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, v := range vs {
		for _, f := range forms(v.Reveal()) {
			if !slices.Contains(k.forms, f) {
				k.forms = append(k.forms, f)
			}
			for range layers { // who decodes a text decodes what looks like an escape in a secret, too
				plain, _ := decode(f)
				if plain == f || len(plain) < shortest {
					break
				}
				if f = plain; !slices.Contains(k.coded, f) {
					k.coded = append(k.coded, f)
				}
			}
		}
	}
	slices.SortStableFunc(k.forms, func(a, b string) int { return len(b) - len(a) })
	if len(k.forms) > 0 {
		k.longest = len(k.forms[0])
	}
}

// AddURL makes the user and password of an address known.
func (k *Known) AddURL(address string) {
	rest := address[strings.Index(address, "//")+1:] // without a scheme it is no address, and said so
	rest = strings.TrimPrefix(rest, "/")
	end := strings.LastIndexByte(rest, '@')
	if end < 0 {
		return
	}
	user := rest[:end]
	_, password, _ := strings.Cut(user, ":")
	for _, s := range []string{user, password} {
		k.Add(New(s))
		if plain, err := url.PathUnescape(s); err == nil {
			k.Add(New(plain))
		}
	}
}

// Hide is the text with dots in the place of each known secret, in whatever form it stands.
func (k *Known) Hide(text string) string {
	if k == nil {
		return text
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, f := range k.forms {
		text = strings.ReplaceAll(text, f, dots)
	}
	if len(k.forms) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, part := range beneath(text, append(slices.Clip(k.forms), k.coded...)) {
		if part[0] >= at {
			b.WriteString(text[at:part[0]] + dots)
		}
		at = max(at, part[1])
	}
	return b.String() + text[at:]
}

// widest is how many bytes of a text may stand for one of a secret: &amp;#x41; and the like.
const widest = 12

// Longest is the length in bytes of the longest text that Hide looks for, escapes included.
func (k *Known) Longest() int {
	if k == nil {
		return 0
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.longest * widest
}

// forms are the texts as which a secret may come back: as it is, in JSON once and twice, in an
// address, in hexadecimal digits, and in base64, also within a longer text such as the pair of
// basic credentials. Escapes around any of them are a matter of beneath.
func forms(s string) []string {
	if len(s) < shortest {
		return nil
	}
	once := quoted(s)
	out := append([]string{s, once, plainQuoted(once)}, quoted(once), plainQuoted(quoted(plainQuoted(once))))
	for _, f := range []string{url.QueryEscape(s), url.PathEscape(s)} {
		out = append(out, f, lowerHex().ReplaceAllStringFunc(f, strings.ToLower))
	}
	digits := fmt.Sprintf("%x", s)
	out = append(out, digits, strings.ToUpper(digits), strings.ReplaceAll(s, " ", "+"))
	for before := range 3 { // bytes in front of it in its group of three
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all := e.EncodeToString([]byte(strings.Repeat("x", before) + s))
			// The outer characters also depend on what stands beside it.
			out = append(out, all[(8*before+5)/6:8*(before+len(s))/6])
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(f string) bool { return len(f) < shortest })
}

var lowerHex = pattern.Of(`%[0-9A-F]{2}`)

// quoted is a text as it stands between the quotes of a JSON text, and plainQuoted the same
// where <, > and & stay as they are.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(b[1 : len(b)-1])
}

func plainQuoted(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(s)
}

var (
	key    = pattern.Of(`(?i)\bpat-[a-z0-9]{2,5}-[0-9a-z-]{4,}`)
	scheme = pattern.Of(`(?i)\b(bearer|basic)((?:\s|%20|\+|:)+)("?[A-Za-z0-9._~+/=-]{6,})`)
	word   = pattern.Of(`^"?[A-Za-z]?[a-z]+[.]?$`)
	user   = pattern.Of(`//[^/?#\s"'<>]*@`)
	bare   = pattern.Of(`^[^/:@\s]+:[^/@\s]*@`)
	signed = pattern.Of(`\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]+)*`)
)

// InURL is a text without the user and password of the addresses in it.
func InURL(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	text = bare().ReplaceAllLiteralString(text, dots+"@")
	return user().ReplaceAllLiteralString(text, "//"+dots+"@")
}

// Said is what somebody else says without what has the form of a secret: a HubSpot key, what
// follows Bearer or Basic, a signed token, the user and password of an address.
func Said(text string) string {
	text = key().ReplaceAllLiteralString(text, dots)
	text = signed().ReplaceAllLiteralString(text, dots)
	text = scheme().ReplaceAllStringFunc(text, func(s string) string {
		p := scheme().FindStringSubmatch(s)
		if word().MatchString(p[3]) { // of a sentence, such as basic authentication
			return s
		}
		return p[1] + p[2] + dots
	})
	return InURL(text)
}
