package check

// systemPrompts are the prompts that Genesys brings along, as its scripting SDK names them.
var systemPrompts = []string{
	"boolean_false",
	"boolean_yes",
	"didnt_get_that_try_again",
	"didnt_understand_try_again",
	"having_trouble_understanding",
	"on_hold_music",
	"please_try_again",
	"processing",
	"voicemail_greeting",
}
