package expr

import (
	"fmt"
	"strings"
)

// digitalFunctions make what a bot or a message says. Genesys: flows of bots and messages have
// them, calls and flows without a customer do not.
var digitalFunctions = map[string]bool{"makecommunication": true, "tocommunication": true, "tocommunicationblank": true, "tocommunicationssml": true}

// withoutDigital are the flow types that do not have them, by lower-case name.
var withoutDigital = map[string]string{
	"inboundcall": "ToAudioTTS", "outboundcall": "ToAudioTTS", "securecall": "ToAudioTTS", "inqueuecall": "ToAudioTTS", "voicemail": "ToAudioTTS",
	"inboundemail": "", "inqueueemail": "", "workflow": "", "workitem": "", "surveyinvite": "",
}

// Foreign is the error of the first function in n that flows of a type do not have; nil when
// they have all of them, or when nothing is known of the type. Letter case does not count.
func Foreign(n Node, flowType string) error {
	instead, none := withoutDigital[strings.ToLower(flowType)]
	if !none {
		return nil
	}
	var err *Error
	Walk(n, func(n Node) bool {
		if c, ok := n.(*Call); ok && err == nil && digitalFunctions[strings.ToLower(c.Name)] {
			err = &Error{Offset: c.At, Length: len(c.Name), Message: fmt.Sprintf("flows of type %s have no function %q: it is for bots and messages", flowType, c.Name)}
			if instead != "" {
				err.Hint = instead + " makes audio of a text"
			}
		}
		return err == nil
	})
	if err == nil {
		return nil
	}
	return err
}
