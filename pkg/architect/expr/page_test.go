package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Grammar is the page GRAMMAR.md: the language and every operator and function, from the
// table that the checker and the evaluator use.
func Grammar() string {
	var b strings.Builder
	b.WriteString(`# The expressions of Architect

Written by ` + "`go generate ./pkg/architect/expr`" + ` from the table of this package; do not edit.

## Grammar

Loosest first; operators are left-associative except ` + "`^`" + `.

| Level | Operators |
|---|---|
| conditional | ` + "`c ? a : b`" + ` (left-associative: a conditional inside a branch wants parentheses) |
`)
	for _, l := range []struct{ level, ops string }{
		{"or", "or"}, {"and", "and"}, {"bits", "\\|"}, {"bits", "&"}, {"equality", "== !="}, {"order", "> >= < <="}, {"sum", "+ -"},
		{"product", "* / %"}, {"power", "^"}, {"not", "! ~"}, {"minus", "- before a value; before digits it is part of the number"},
	} {
		fmt.Fprintf(&b, "| %s | `%s` |\n", l.level, l.ops)
	}
	fmt.Fprintf(&b, `
- A value is a literal, `+"`( … )`"+`, a variable or a call. After a variable or a call, and nothing else, may stand `+"`.name`, `.\"odd name\"`, `[\"name\"]` and `[index]`"+`.
- Literals: digits (at most %d); digits with a point, no exponent (at most %d digits); text in double quotes with the escapes `+"`\\\" \\\\ \\n \\r \\t`"+`; `+"`true`, `false`, `NOT_SET`"+` in this very spelling.
- and and or in any letter case. Names of functions, variables and of properties of typed objects in any letter case; names of JSON members as they are.
- Blanks: space, tab, CR, LF; none after a dot. There are no comments.
- At most %d characters; operators and calls nest at most %d deep, parentheses do not count.
- Every expression has one static type. Arguments are never converted, but Integer fits where an overload says so; the whole is converted to the type of its field when a function of one argument does it (ToString, ToInt …).
- A bare NOT_SET takes the type its place asks for. NOT_SET where a parameter does not allow it (no `+"`?`"+` below) is the flow's error handling when the expression runs.
- Both sides of and and or are computed; a switch makes them stop early. If and `+"`? :`"+` compute one branch; a NOT_SET condition counts as false.

Below, `+"`?`"+` marks a parameter that allows NOT_SET, `+"`…`"+` one that may repeat, `+"`a..b`"+` bounds. The first overload that fits is taken, those with an Any parameter last.
`, maxIntChars, decDigits, maxChars, maxDepth)
	section := ""
	for _, f := range functions().order {
		if f.section != section {
			section = f.section
			fmt.Fprintf(&b, "\n## %s\n", section)
			if note := sectionNotes[section]; note != "" {
				fmt.Fprintf(&b, "\n%s\n", note)
			}
			b.WriteString("\n| Name | Overloads | |\n|---|---|---|\n")
		}
		var forms []string
		for _, o := range f.overloads {
			forms = append(forms, "`"+o.form()+"`")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", escapeCell(f.name), escapeCell(strings.Join(forms, "<br>")), escapeCell(help[f.name]))
	}
	b.WriteString("\n## Constants\n\n")
	b.WriteString("`" + strings.Join(constantNames, "`, `") + "`. System.Currencies, System.Languages and System.Regions have a property for each code or tag without hyphens, with `code`, `tag`, and `dialingCode` and `countryCode`; System.DateTime has `dayOfWeek`.\n")
	return b.String()
}

// String is the overload as people read it.
func (o *overload) String() string {
	var b strings.Builder
	b.WriteString(o.name + "(")
	for i, p := range o.params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.name + " " + paramType(p.typ))
		if p.notSet {
			b.WriteString("?")
		}
		if p.repeat {
			b.WriteString("…")
		}
		b.WriteString(p.restriction())
	}
	return b.String() + ") → " + paramType(o.result)
}

func paramType(t Type) string {
	switch t {
	case audioOrPrompt, textOrCommunication:
		return t.label()
	case NotSetType:
		return "NOT_SET"
	case AgentScorePair, Communication, EmailAddress:
		return t.String()
	}
	return strings.ReplaceAll(t.label(), " Collection", "[]")
}

func (p *param) restriction() string {
	s := ""
	if p.bounded {
		s += " " + boundText(p.min) + ".." + boundText(p.max)
	}
	if p.nonzero {
		s += " not 0"
	}
	if p.literal {
		s += " literal"
	}
	switch p.list {
	case "iso4217":
		s += " (a literal is a currency code)"
	case "languages":
		s += " (a language with text to speech)"
	case "dialing":
		s += " (a literal is a dialing code)"
	}
	return s
}

func boundText(n int64) string {
	if n == math.MinInt64 || n == math.MaxInt64 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// form is an overload without its name.
func (o *overload) form() string { return strings.TrimPrefix(o.String(), o.name) }

func escapeCell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

var sectionNotes = map[string]string{
	"JSON":            "Later than the published table; from Genesys' help page and the flows of its tutorials.",
	"Later additions": "Later than the published table; names and arguments from Genesys' help pages and exported flows.",
	"Audio":           "Audio is kept as text segments: what a caller would hear, in words.",
}

// help says in a few words what each operator and function does.
var help = map[string]string{
	"+": "sum; text after text; audio after audio; time and duration", "-": "difference or negation; there is no DateTime − DateTime", "*": "product", "/": "quotient; of Integers a Decimal; a literal 0 is refused",
	"%": "remainder with the sign of the dividend", "^": "power, always a Decimal", "&": "bits of both", "|": "bits of either", "~": "bits turned round", "!": "negation", "and": "both", "or": "either",
	">": "greater; texts as Compare", ">=": "greater or equal", "<": "less", "<=": "less or equal", "==": "equal; NOT_SET equals NOT_SET; collections item by item", "!=": "not equal", "?": "conditional, computes one branch", "[": "item of a collection, counted from 0; outside is an error",
	"Append": "one after the other; NOT_SET is nothing", "Compare": "−1, 0 or 1; lower case before upper, NOT_SET before everything", "Contains": "is the text in it; \"\" always is", "DetectLanguage": "language tag of a text, else the default; checked and never computed here: how Genesys tells it is not published",
	"EmailAddressDomainPart": "what follows the @; NOT_SET when it is no address", "EmailAddressLocalPart": "what stands before the @", "FindString": "place of the nth occurrence, −1 when there is none", "Left": "the first characters",
	"Length": "number of characters", "Lower": "in lower case", "LTrim": "without blanks at the beginning", "MakeEmailAddress": "an address with a name", "Replace": "every occurrence; no regular expressions; NOT_SET is \"\"", "Reverse": "backwards",
	"Right": "the last characters", "RTrim": "without blanks at the end", "Split": "the items between delimiters; \"\" gives single characters", "Substring": "a part; beyond the end \"\"", "Trim": "without blanks at both ends", "Upper": "in upper case",
	"AreEqual": "all are equal", "If": "one of two, computes only that one", "IsNotSetOrEmpty": "NOT_SET, \"\", an empty collection, a currency without amount", "IsSet": "is not NOT_SET; \"\" is set",
	"Ceiling": "the least whole number not below", "Floor": "the greatest whole number not above", "Round": "half away from zero", "Sum": "NOT_SET counts as nothing", "Average": "NOT_SET is left out; none gives 0",
	"Count": "number of items, NOT_SET ones too", "Find": "places of equal items", "FindFirst": "place of the first equal item, −1 when there is none", "GetAt": "item, counted from 0", "MakeEmptyList": "an empty collection of the type", "MakeList": "a collection; all of one type",
	"AddDays": "later or earlier by days", "AddDuration": "later or earlier by a duration", "AddHours": "by hours", "AddMinutes": "by minutes", "AddMonths": "by months; the day is cut to the month's last", "AddSeconds": "by seconds", "AddYears": "by years",
	"DateTimeDiff": "the first minus the second", "Day": "day of the month", "DayOfWeek": "Sunday is 1", "GetCurrentDateTimeUtc": "now", "GetDayOfWeekOccurrence": "the nth weekday of a year or month, from its end when negative; NOT_SET when there is none", "Hour": "hour",
	"MakeDateTime": "in UTC; a day the month has not is an error", "MakeDuration": "parts add up, negative ones too", "Minute": "minute", "Month": "month", "Range": "the multiples of the interval below and above",
	"RoundUp": "to 30 s, 1, 2, 5 and then every 5 minutes; to multiples of an interval; to the next of a list", "Second": "second", "WeekNum": "1 January is in week 1; weeks begin on Sunday", "Year": "year",
	"ToBool": "true, T, 1, false, F, 0; other texts NOT_SET; numbers that are not 0", "ToDateTime": "YYYY-MM-DDThh:mm:ss with Z or ±hh:mm; seconds since 1970", "ToDecimal": "blank texts NOT_SET, others that are no number an error", "ToDuration": "(-)PnDTnHnMnS; milliseconds",
	"ToInt": "digits after the point are cut; blank texts NOT_SET; durations in milliseconds", "ToPhoneNumber": "reads tel:, sip: and digits; never fails", "ToString": "text of a value; items joined, by a newline unless told",
	"ConvertCurrency": "to another code, amount kept or divided by the rate", "GetCurrencySymbol": "its sign", "MakeCurrency": "an amount with a code", "MakeListCurrency": "amounts with codes", "ToCurrency": "amount|code; a number without a code",
	"FindLanguageSkill": "NOT_SET when there is none", "FindQueue": "by id or name; NOT_SET when there is none", "FindSkill": "by id or name; NOT_SET when there is none", "FindSystemPrompt": "NOT_SET when there is none", "FindUser": "NOT_SET when there is none", "FindUserPrompt": "NOT_SET when there is none",
	"ToGroup": "must exist", "ToLanguageSkill": "must exist", "ToQueue": "must exist", "ToSkill": "must exist", "ToUser": "must exist", "ToWrapupCode": "must exist",
	"AudioPlaybackOptions": "outermost only", "ToAudio": "of a prompt", "ToAudioBlank": "silence", "ToAudioBool": "", "ToAudioCurrency": "", "ToAudioDate": "", "ToAudioDateTime": "", "ToAudioDuration": "", "ToAudioNumber": "", "ToAudioNumberOrdinal": "", "ToAudioPercent": "", "ToAudioPhoneNumber": "",
	"ToAudioTTS": "text to speech", "ToAudioTime": "", "ToAudioTimeRange": "",
	"GetJsonObjectProperty": "a member, its name from an expression; absent or null is NOT_SET", "GetJsonObjectPropertyNames": "the names", "IsJsonObject": "is an object", "JsonParse": "text that is no JSON is an error", "ReplaceJsonArrayItem": "the array with the first equal item replaced",
	"SetJsonObjectProperty": "the object with the member set", "ToJson": "JSON of any value", "ToJsonCollection": "the items of an array",
	"AddItem": "the collection with an item more", "FindEmergencyGroup": "NOT_SET when there is none", "FindGroup": "NOT_SET when there is none", "FindQueueById": "NOT_SET when there is none", "FindSchedule": "NOT_SET when there is none", "FindScheduleGroup": "NOT_SET when there is none", "FindUserById": "NOT_SET when there is none",
	"GetDefaultLanguage": "the flow's", "GetSupportedLanguages": "the flow's", "MakeAgentScorePair": "", "MakeCommunication": "what a bot says: its parts one after the other", "ToCommunicationBlank": "silence of so many ms in what a bot says", "ToCommunicationSsml": "a text with marks of how it is spoken", "MakeListAgentScorePair": "as many users as scores", "Random": "at least 0, below 1", "RandomInt": "both bounds can come up (undocumented)",
	"RemoveDups": "each item once", "RemoveItem": "without the first equal item (undocumented)", "RemoveItemAt": "without the item at a place", "AddItemAt": "with an item in front of the one at a place, or behind the last", "ReplaceItem": "another in the place of each equal item", "ReplaceItemFirst": "another in the place of the first equal item", "ReplaceItemAt": "another in a place", "ToCommunication": "a value as a part of what a bot says", "ToDate": "", "ToDisplayString": "as ToString", "ToEmergencyGroup": "must exist", "ToSchedule": "must exist", "ToScheduleGroup": "must exist", "ToTime": "",
}
