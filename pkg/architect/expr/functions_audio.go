package expr

import (
	"slices"
	"strconv"
	"strings"
)

// audioRows: Audio is a list of text segments, what a caller would hear in words. The
// engine looks for contexts given twice with integers without a format only.
var audioRows = []row{
	{"AudioPlaybackOptions(audio apa, bargeIn bln literal) aud", playback, ruleLast},
	{"AudioPlaybackOptions(audio apa, bargeIn bln literal, flushNow bln literal) aud", playback, ruleLast},
	{"ToAudio(promptToConvert pmt) aud", opJoinAudio, 0},
	{"ToAudioBlank(lengthMs int 0..10000 literal) aud", blankAudio, 0},
	{"ToAudioBool(boolToConvert bln?) aud", speak, 0},
	{"ToAudioBool(boolToConvert bln?, boolAudioFormat bof) aud", speak, 0},
	{"ToAudioCurrency(currencyToConvert cur?) aud", speak, 0},
	{"ToAudioCurrency(currencyToConvert cur?, currencyAudioFormat cuf) aud", speak, 0},
	{"ToAudioCurrency(currencyToConvert cur?, numberOfDecimalPlaces int) aud", speak, 0},
	{"ToAudioDate(dateTimeToConvert dtm?) aud", speak, 0},
	{"ToAudioDate(dateTimeToConvert dtm?, dateAudioFormat daf) aud", speak, 0},
	{"ToAudioDateTime(dateTimeToConvert dtm?) aud", speak, 0},
	{"ToAudioDuration(durationToConvert dur?) aud", speak, 0},
	{"ToAudioNumber(integerToConvert int?) aud", speak, 0},
	{"ToAudioNumber(integerToConvert int?, languageContext lne...) aud", speak, ruleContext},
	{"ToAudioNumber(integerToConvert int?, numberAudioFormat nuf) aud", speak, 0},
	{"ToAudioNumber(integerToConvert int?, numberAudioFormat nuf, languageContext lne...) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, languageContext lne...) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberAudioFormat nuf) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberAudioFormat nuf, languageContext lne...) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberOfDecimalPlaces int) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberOfDecimalPlaces int, languageContext lne...) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberAudioFormat nuf, numberOfDecimalPlaces int) aud", speak, 0},
	{"ToAudioNumber(decimalToConvert dec?, numberAudioFormat nuf, numberOfDecimalPlaces int, languageContext lne...) aud", speak, 0},
	{"ToAudioNumberOrdinal(integerToConvert int?) aud", speak, 0},
	{"ToAudioNumberOrdinal(integerToConvert int?, languageContext lne...) aud", speak, ruleContext},
	{"ToAudioPercent(integerToConvert int?) aud", speak, 0},
	{"ToAudioPercent(decimalToConvert dec?) aud", speak, 0},
	{"ToAudioPercent(decimalToConvert dec?, numberOfDecimalPlaces int) aud", speak, 0},
	{"ToAudioPhoneNumber(phoneNumberToConvert phn?) aud", speak, 0},
	{"ToAudioPhoneNumber(phoneNumberToConvert phn?, phoneNumberFormat phf) aud", speak, 0},
	{"ToAudioPhoneNumber(phoneNumberToConvert phn?, dialingCode str? dialing) aud", speak, 0},
	{"ToAudioPhoneNumber(stringToConvert str?) aud", speak, 0},
	{"ToAudioTTS(text str?) aud", speak, 0},
	{"ToAudioTTS(text str?, IETFLanguageTag str literal languages) aud", speak, 0},
	{"ToAudioTTS(text str?, stringAudioFormat stf) aud", speak, 0},
	{"ToAudioTime(dateTimeToConvert dtm?) aud", speak, 0},
	{"ToAudioTime(dateTimeToConvert dtm?, timeAudioFormat tif) aud", speak, 0},
	{"ToAudioTimeRange(lowerBound int, upperBound int, timePart tpf?) aud", speakRange, 0},
}

func audioOf(segments []string) Value {
	return Value{h: head(Audio), p: &box{audio: segments}}
}

// segments are the texts of an audio or a prompt.
func segments(v Value) []string {
	switch {
	case !v.IsSet():
		return nil
	case v.Type() == Prompt:
		return []string{v.s}
	case v.Type() != Audio:
		return nil
	}
	return v.p.audio
}

// opJoinAudio puts audio and prompts one after the other.
func opJoinAudio(m *machine, a []Value) (Value, *EvalError) {
	n, cost := 0, 0
	for _, v := range a {
		n += len(segments(v))
		for _, s := range segments(v) {
			cost += 16 + len(s)
		}
	}
	if err := m.spend(cost); err != nil {
		return Value{}, err
	}
	out := make([]string, 0, n)
	for _, v := range a {
		out = append(out, segments(v)...)
	}
	return audioOf(out), nil
}

func playback(_ *machine, a []Value) (Value, *EvalError) {
	return audioOf(segments(a[0])), nil
}

func blankAudio(_ *machine, a []Value) (Value, *EvalError) {
	return audioOf([]string{blank + strconv.FormatInt(a[0].n, 10) + " ms)"}), nil
}

const blank = "(silence "

// Audible tells whether a caller hears anything of an audio or a prompt.
func (v Value) Audible() bool {
	return slices.ContainsFunc(segments(v), func(s string) bool { return strings.TrimSpace(s) != "" && !strings.HasPrefix(s, blank) })
}

// speak says a value as ToString writes it; NOT_SET is silence. Formats and languages
// change how it sounds and not what is said.
func speak(_ *machine, a []Value) (Value, *EvalError) {
	if !a[0].IsSet() {
		return audioOf(nil), nil
	}
	s, ok := a[0].text()
	if !ok {
		return Value{}, failf("a value of type %s cannot be spoken", a[0].Type())
	}
	return audioOf([]string{s}), nil
}

func speakRange(_ *machine, a []Value) (Value, *EvalError) {
	s := strconv.FormatInt(a[0].n, 10) + " to " + strconv.FormatInt(a[1].n, 10)
	if a[2].IsSet() {
		s += " " + a[2].s
	}
	return audioOf([]string{s}), nil
}
