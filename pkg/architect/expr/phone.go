package expr

import "strings"

// A phone is what ToPhoneNumber reads from a text.
//
//	text                  scheme  e164          uri
//	tel:+13178723000      tel     +13178723000  tel:+13178723000
//	+13178723000          tel     +13178723000  tel:+13178723000
//	13178723000           tel     NOT_SET       tel:13178723000
//	sip:ada@example.com   sip     NOT_SET       as written
//	anonymous             NOT_SET NOT_SET       NOT_SET (isTel and isSip are false)
type phone struct {
	scheme, e164, uri, dialing, subscriber string
}

// OfPhone makes a PhoneNumber from the text of an address, as ToPhoneNumber does.
func OfPhone(text string) Value {
	p := &phone{}
	raw := strings.TrimSpace(text)
	low := strings.ToLower(raw)
	switch {
	case strings.HasPrefix(low, "sip:"), strings.HasPrefix(low, "sips:"):
		p.scheme = low[:strings.IndexByte(low, ':')]
		// An address ends with its host: an @ without one after it is dropped, which a
		// published example asks for.
		p.uri = strings.TrimRight(low, "@")
		if user, _, ok := strings.Cut(raw[len(p.scheme)+1:], "@"); ok && isDialable(user) {
			p.subscriber = user
		}
	default:
		rest, hadScheme := raw, strings.HasPrefix(low, "tel:")
		if hadScheme {
			rest = raw[4:]
		}
		digits := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -.()", r) {
				return -1
			}
			return r
		}, rest)
		if !isDialable(digits) {
			break
		}
		p.scheme, p.uri, p.subscriber = "tel", "tel:"+digits, digits
		if n, plus := strings.CutPrefix(digits, "+"); plus {
			p.e164 = digits
			p.dialing = dialingCode(n)
			p.subscriber = n[len(p.dialing):]
		}
	}
	return Value{h: head(PhoneNumber), s: text, p: &box{phone: p}}
}

func isDialable(s string) bool {
	s = strings.TrimPrefix(s, "+")
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 32
}

// dialingCode is the country's code at the beginning of an E.164 number. ITU-T E.164:
// zones 1 and 7 have one digit, the pairs below two, all others three.
func dialingCode(n string) string {
	const two = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
	size := 3
	switch {
	case n[0] == '1' || n[0] == '7':
		size = 1
	case len(n) >= 2 && strings.Contains(two, " "+n[:2]+" "):
		size = 2
	}
	return n[:min(size, len(n))]
}

// phoneKey is what two phone numbers are compared by: E.164, else for SIP the address,
// else the text.
func phoneKey(v Value) string {
	p := v.p.phone
	switch {
	case p.e164 != "":
		return p.e164
	case p.scheme == "sip" || p.scheme == "sips":
		return p.uri
	}
	return v.s
}

func phoneText(v Value) string {
	if v.p.phone.uri != "" {
		return v.p.phone.uri
	}
	return v.s
}

// phoneProp is a property of a phone number; name is lower case.
func phoneProp(v Value, name string) (Value, bool) {
	p := v.p.phone
	opt := func(s string) (Value, bool) {
		if s == "" {
			return NotSet(String), true
		}
		return OfString(s), true
	}
	switch name {
	case "e164":
		return opt(p.e164)
	case "dialingcode":
		return opt(p.dialing)
	case "subscribernumber":
		return opt(p.subscriber)
	case "scheme":
		return opt(p.scheme)
	case "uri":
		return opt(p.uri)
	case "raw":
		return OfString(v.s), true
	case "isglobal":
		return OfBool(p.e164 != ""), true
	case "issip":
		return OfBool(p.scheme == "sip" || p.scheme == "sips"), true
	case "istel":
		return OfBool(p.scheme == "tel"), true
	}
	return Value{}, false
}
