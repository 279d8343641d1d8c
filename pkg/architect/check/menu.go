package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

// menu checks a menu and its choices; tasks of choices are checked as tasks.
func (c *checker) menu(m *architect.Menu) {
	if !c.calls {
		return
	}
	if m.HasName && m.Name == "" && strings.HasSuffix(m.Path, "]") {
		c.fail("errors.noName", m.Pos, m.Path, "name can not be empty")
	}
	if len(m.Choices) == 0 {
		c.fail("menu.noMenuChoices", m.Pos, m.Path, "there are no menu choices")
	}
	if m.Audio.Form == architect.Absent {
		c.warn("audio.blankMainSeqWarningContext", m.Pos, m.Path, "the main sequence for 'Menu Prompt' has no audio set", "")
	} else {
		c.value(c.global, m.Audio, rule{typ: expr.Audio, label: "Menu Prompt", noValue: true, audio: true})
	}
	// A digit given twice goes to the later choice; the earlier one then has none.
	taken := map[string]*architect.Choice{}
	for _, x := range m.Choices {
		if !hasDigit(x) {
			if x.Digit != "" {
				c.failf("sdk", x.Pos, x.Path, "%q is no key of a telephone: 0 to 9, * or #", x.Digit)
			}
			continue
		}
		if first := taken[x.Digit]; first != nil {
			c.report(diag.Error, "menuChoice.noDtmfOrSpeechRec", first.Pos, first.Path, fmt.Sprintf("each menu choice must have DTMF or speech recognition terms: digit %s is taken by a later choice", x.Digit), "")
		}
		taken[x.Digit] = x
	}
	for _, x := range m.Choices {
		if !hasDigit(x) && !c.hasTerm(x) {
			c.fail("menuChoice.noDtmfOrSpeechRec", x.Pos, x.Path, "each menu choice must have DTMF or speech recognition terms for each supported language")
		}
		if x.Action != nil {
			c.body(c.global, x.Action, false) // a choice may have no name
		}
	}
	c.terms(m)
	if m.Default.Text != "" {
		c.defaultChoice(m)
	}
}

func hasDigit(x *architect.Choice) bool {
	return len(x.Digit) == 1 && strings.Contains("0123456789*#", x.Digit)
}

// hasTerm reports speech terms in the flow's language.
func (c *checker) hasTerm(x *architect.Choice) bool {
	for tag, terms := range x.SpeechTerms {
		if len(terms) > 0 && (c.flow.Language == "" || strings.EqualFold(tag, c.flow.Language)) {
			return true
		}
	}
	return false
}

// terms reports speech terms that two choices of a menu have, or one choice twice.
func (c *checker) terms(m *architect.Menu) {
	holders := map[string][]*architect.Choice{}
	for _, x := range m.Choices {
		for _, tag := range slices.Sorted(maps.Keys(x.SpeechTerms)) {
			for _, term := range x.SpeechTerms[tag] {
				key := strings.ToLower(tag + " " + term)
				if n := len(holders[key]); n > 0 && holders[key][n-1] == x {
					c.failf("sdk", x.Pos, x.Path, "the term %q is given twice", term)
					continue
				}
				holders[key] = append(holders[key], x)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(holders)) {
		if len(holders[key]) < 2 {
			continue
		}
		_, term, _ := strings.Cut(key, " ")
		for _, x := range holders[key] {
			c.failf("menuChoice.duplicateSpeechTerms", x.Pos, x.Path, "duplicate speech recognition term %q", term)
		}
	}
}

func (c *checker) defaultChoice(m *architect.Menu) {
	for _, x := range m.Choices {
		if x.Key == m.Default.Kind && x.RefID == m.Default.ID {
			return
		}
	}
	c.failf(CodeReference, m.Default.Pos, m.Path, "no choice for the reference %q", m.Default.Text)
}

// digits reports digits of choices that another choice of the flow has globally.
func (c *checker) digits() {
	if !c.calls {
		return
	}
	var all []*architect.Choice // the choices that keep their digit
	architect.EachMenu(c.flow, func(m *architect.Menu) {
		last := map[string]*architect.Choice{}
		for _, x := range m.Choices {
			if hasDigit(x) {
				last[x.Digit] = x
			}
		}
		for _, x := range m.Choices {
			if last[x.Digit] == x {
				all = append(all, x)
			}
		}
	})
	global := map[string][]*architect.Choice{}
	for _, x := range all {
		if x.GlobalDigit {
			global[x.Digit] = append(global[x.Digit], x)
		}
	}
	for _, x := range all {
		if g := global[x.Digit]; len(g) > 1 || len(g) == 1 && g[0] != x {
			c.failf("menuChoice.duplicateDtmfGlobal", x.Pos, x.Path, "DTMF (%s) is used in two or more menu choices in this flow", x.Digit)
		}
	}
}

// menuSettings checks the settings all menus fall back to.
func (c *checker) menuSettings(m architect.MenuSettings) {
	if !c.calls || c.flow.Type == "inqueueCall" {
		return
	}
	lo, hi := int64(0), int64(10)
	c.value(c.global, m.ExtensionDelay, rule{typ: expr.Duration, label: "Extension Dialing Delay", literal: true, deflt: true})
	c.value(c.global, m.ListenForExtensions, rule{typ: expr.Boolean, label: "Listen For Extensions", literal: true, deflt: true})
	c.value(c.global, m.SelectionTimeout, rule{typ: expr.Duration, label: "Menu Selection Timeout", literal: true, deflt: true})
	c.value(c.global, m.RepeatCount, rule{typ: expr.Integer, label: "Number of times to repeat menu", deflt: true, min: &lo, max: &hi})
	delay, ok := m.ExtensionDelay.Duration()
	if !ok {
		delay = time.Second
	}
	timeout, ok := m.SelectionTimeout.Duration()
	if !ok {
		timeout = 10 * time.Second
	}
	if timeout < 0 || timeout > time.Minute {
		c.failf("text", m.SelectionTimeout.Pos, m.SelectionTimeout.Path, "the value %v for Menu Selection Timeout must be between 0 and 60 seconds", timeout)
	}
	if delay >= timeout && timeout > 0 {
		c.failf("menu.extDialDelayTooBigError", m.SelectionTimeout.Pos, c.flow.Path+" (Menus)", "the delay %v for extension dialing has to be less than the time %v to wait before repeating", delay, timeout)
	}
}
