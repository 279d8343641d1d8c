package architect

import (
	"time"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// kindTable is the one table of actions: the reader takes the shape of each body from it,
// the checker its rules, the interpreter its branches, and ACTIONS.md is printed from it.
var kindTable = []ActionKind{
	// Data
	{Key: "callData", Calls: allCalls, Branches: []string{"success", "failure", "timeout"}, About: "runs a data action",
		Fields: []Field{of(UseTarget, "category"), timeoutField, value("processingPrompt", "Prompt", "Processing Prompt"), failureOutputs()}},
	{Key: "callDataSecure", Calls: secure, SDK: true, Branches: []string{"success", "failure", "timeout"}, About: "runs a secure data action",
		Fields: []Field{of(UseTarget, "category"), timeoutField, value("processingPrompt", "Prompt", "Processing Prompt"), failureOutputs()}},
	{Key: "callBridge", Calls: allCalls, SDK: true, Branches: []string{"success", "failure", "timeout"}, About: "runs a bridge action; removed from the product later",
		Fields: []Field{of(UseTarget, "category"), timeoutField, value("processingPrompt", "Prompt", "Processing Prompt")}},
	{Key: "dataTableLookup", Calls: allCalls, Branches: []string{"found", "notFound", "failure"}, About: "reads one row of a data table",
		Fields: []Field{{Key: "lookupValue", Use: UseValue, Type: "String", Label: "key", Missing: CodeInvalidLiteral}, of(UseTarget, "dataTable"), value("processingPrompt", "Prompt", "Processing Prompt"), failureOutputs()}},
	{Key: "updateData", Calls: allCalls, About: "assigns variables", Fields: []Field{of(UseStatements, "statements")}},
	{Key: "setParticipantData", Calls: allCalls, About: "writes participant data", Fields: []Field{of(UseAttributes, "attributes")}},
	{Key: "getParticipantData", Calls: allCalls, About: "reads participant data", Fields: []Field{of(UseAttributes, "attributes")}},
	{Key: "setConversationData", Calls: allCalls, Later: true, Branches: []string{"success", "failure"}, About: "writes participant data of any conversation",
		Fields: []Field{value("conversationId", "String", "Conversation ID"), value("participantId", "String", "Participant ID"), of(UseAttributes, "attributes")}},
	{Key: "getConversationData", Calls: allCalls, Later: true, Branches: []string{"found", "notFound"}, About: "reads participant data of any conversation",
		Fields: []Field{value("conversationId", "String", "Conversation ID"), value("participantId", "String", "Participant ID"), of(UseAttributes, "attributes")}},
	{Key: "setScreenPop", Calls: allCalls, About: "chooses the script an agent sees", Fields: []Field{of(UseTarget, "screenPopScript")}},
	{Key: "callCommonModule", Calls: allCalls, Later: true, About: "runs a common module and returns; its branches are the module's paths", Fields: []Field{of(UseTarget, "commonModule")}},
	{Key: "callBotFlow", Calls: allCalls, Later: true, Branches: []string{"failure"}, About: "runs a bot flow",
		Fields: []Field{of(UseTarget, "botFlow"), value("inputText", "String", "Input Text"), output("exitReason", "String", "Exit Reason"), output("intent", "String", "Intent"), of(UseOpaque, "intents"), failureOutputs()}},
	{Key: "callLexBot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "runs an Amazon Lex bot; a branch for each intent", Fields: botFields()},
	{Key: "encryptData", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "encrypts JSON with the customer's key",
		Fields: []Field{value("dataToEncrypt", "JSON", "Data"), output("encryptedData", "String", "Encrypted Data"), failureOutputs()}},
	{Key: "decryptData", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "the reverse",
		Fields: []Field{value("dataToDecrypt", "String", "Data"), output("decryptedData", "JSON", "Decrypted Data"), failureOutputs()}},
	{Key: "getSecuredData", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "reads encrypted participant data", Fields: []Field{value("conversationId", "String", "Conversation ID"), of(UseAttributes, "attributes"), failureOutputs()}},
	{Key: "setSecuredData", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "writes encrypted participant data", Fields: []Field{value("conversationId", "String", "Conversation ID"), of(UseAttributes, "attributes"), failureOutputs()}},
	{Key: "extractSecureData", Calls: secure, SDK: true, About: "copies secure data into plain variables", Fields: []Field{of(UseStatements, "statements")}},
	{Key: "callDecisionTable", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "evaluates a decision table"},
	{Key: "getSIPHeaders", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "reads headers of the SIP leg", Fields: []Field{of(UseOpaque, "headers")}},

	// Control
	{Key: "decision", Calls: allCalls, Branches: []string{"yes", "no"}, About: "yes when the condition is true; false and NOT_SET are no",
		Fields: []Field{required("condition", "Boolean", "Expression")}},
	{Key: "switch", Calls: allCalls, About: "the first case that fits, else default; 1 to 64 cases", Fields: []Field{of(UseSwitch, "evaluate")}},
	{Key: "loop", Calls: allCalls, Branches: []string{"loop"}, About: "runs its branch loopCount times",
		Fields: []Field{{Key: "currentIndex", Use: UseOutput, Type: "Integer", Label: "Current Index Data Name", Missing: CodeNoValueSet}, {Key: "loopCount", Use: UseValue, Type: "Integer", Label: "Loop Count", Min: 1, Max: 99, Default: true}}},
	{Key: "loopUntil", Calls: allCalls, Later: true, SDK: true, Branches: []string{"loop"}, About: "runs its branch until a condition holds, at most 99 times",
		Fields: []Field{output("currentIndex", "Integer", "Current Index"), value("maxLoopCount", "Integer", "Loop Count"), of(UseOpaque, "untilCases"), of(UseOpaque, "until")}},
	{Key: "loopNext", Calls: allCalls, Ends: true, About: "starts the next round of the innermost loop"},
	{Key: "loopExit", Calls: allCalls, Ends: true, About: "leaves the innermost loop"},
	{Key: "callTask", Calls: allCalls, Later: true, Branches: []string{"default"}, About: "runs a task and returns",
		Fields: []Field{of(UseRef, "targetTaskRef"), of(UseOpaque, "taskInputs"), of(UseOpaque, "taskOutputs")}},
	{Key: "endTask", Calls: allCalls, Later: true, Ends: true, About: "returns from a called task by an output path", Fields: []Field{of(UsePlain, "outputPath.name")}},
	{Key: "jumpToTask", Calls: notQueue, Ends: true, About: "goes to a task for good", Fields: []Field{of(UseRef, "targetTaskRef"), of(UseOpaque, "taskInputs")}},
	{Key: "jumpToMenu", Calls: notQueue, Ends: true, About: "goes to a menu for good", Fields: []Field{of(UseRef, "targetMenuRef")}},
	{Key: "previousMenu", Calls: notQueue, SDK: true, Ends: true, About: "goes back to the menu before"},
	{Key: "disconnect", Calls: allCalls, Ends: true, About: "ends the call"},
	{Key: "changeState", Ends: true, About: "goes to a state", Fields: []Field{of(UseRef, "targetStateRef")}},
	{Key: "endState", Ends: true, About: "ends a state"},
	{Key: "endWorkflow", Ends: true, About: "ends a workflow", Fields: []Field{value("exitReason", "String", "Exit Reason")}},
	{Key: "exitBotFlow", Ends: true, About: "leaves a bot flow"},
	{Key: "wait", About: "sleeps; workflows only", Fields: []Field{value("duration", "Duration", "Duration"), value("trimDurationNearMaxRunningTime", "Boolean", "Trim")}},
	{Key: "evaluateSchedule", Calls: allCalls, Branches: []string{"active", "inactive"}, About: "is a schedule active",
		Fields: []Field{
			{Key: "evaluationType.schedule.selectedSchedule", Use: UseValue, Type: "Schedule", Label: "Schedule", Missing: "evaluateSchedules.mustSelectSchedule"},
			of(UseOpaque, "evaluationType.schedule.evaluationTimeZone"), of(UseOpaque, "evaluationType.schedule.scheduleTimeZone"),
			of(UsePlain, "evaluationType.schedule.evaluate.now"), value("evaluationType.schedule.evaluate.dateTime", "DateTime", "Date"),
		}},
	{Key: "evaluateScheduleGroup", Calls: allCalls, Branches: []string{"open", "closed", "holiday", "emergency"}, About: "is a schedule group open; emergency first, then holiday",
		Fields: []Field{
			{Key: "scheduleGroup", Use: UseValue, Type: "ScheduleGroup", Label: "Schedule Group", Missing: "evaluateSchedules.mustSelectScheduleGroup"},
			value("emergencyGroup", "EmergencyGroup", "Emergency Group"), value("inServiceSchedules", "Schedule[]", "In Service Schedules"),
			of(UsePlain, "evaluate.now"), value("evaluate.dateTime", "DateTime", "Date"), of(UseOpaque, "evaluationTimeZone"),
		}},

	// Audio and input
	{Key: "playAudio", Calls: allCalls, About: "plays audio", Fields: []Field{{Key: "audio", Use: UseValue, Type: "Audio", Label: "Audio (Main Sequence)", Missing: CodeNoValueSet}}},
	{Key: "playAudioOnSilence", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "timeout"}, About: "plays audio after silence",
		Fields: []Field{
			value("audio", "Audio", "Audio"), value("silenceDuration", "Duration", "Silence"), literalDuration("timeout", "Timeout", 1<<62),
			value("allowedRepeatCount", "Integer", "Repeats"), output("actualRepeatCount", "Integer", "Repeats"),
		}},
	{Key: "detectSilence", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "timeout"}, About: "waits for silence",
		Fields: []Field{value("silenceDuration", "Duration", "Silence"), literalDuration("timeout", "Timeout", 1<<62)}},
	{Key: "collectInput", Calls: allCalls, Branches: []string{"success", "failure"}, About: "takes digits as a string",
		Fields: []Field{
			requiredOutput("inputData", "String", "Input Data Name"), of(UseDigits, "digits"),
			literalDuration("interDigitTimeout", "Inter-Digit Timeout", 99*time.Second), literalDuration("noEntryTimeout", "No Entry Timeout", 99*time.Second),
			value("inputAudio", "Audio", "Input Audio"), value("acceptJustStar", "Boolean", "Accept *"), value("acceptJustPound", "Boolean", "Accept #"),
			of(UsePlain, "verificationType"), value("verificationAudio", "Audio", "Verification"), of(UsePlain, "includeTerminatingDtmfInResultData"),
		}},
	{Key: "dialByExtension", Calls: allCalls, SDK: true, Branches: []string{"failure", "timeout"}, About: "connects to the extension the caller keys in",
		Fields: transferFields(output("extensionVariable", "String", "Extension"), value("repromptAudio", "Audio", "Audio to play to re-prompt the caller"), value("repromptCount", "Integer", "Re-prompts"), Field{Key: "retryAudio", Use: UseValue, Type: "Audio", Label: "Audio to play to re-prompt the caller", NoValue: true, Empty: true, Or: "repromptAudio"}, literalDuration("interDigitTimeout", "Inter-Digit Timeout", 99*time.Second))},
	{Key: "setLanguage", Calls: allCalls, About: "sets the language of the call, by tag (language) or by a value (languageValue)",
		Fields: []Field{{Key: "language", Use: UsePlain, Label: "Language", Missing: CodeInvalidLiteral, Or: "languageValue"}, value("languageValue", "String", "Language")}},
	{Key: "setWhisperAudio", Calls: allCalls, SDK: true, Branches: []string{"success", "failure"}, About: "sets what the agent hears first", Fields: []Field{value("whisperAudio", "Audio", "Audio"), value("audio", "Audio", "Audio")}},
	{Key: "enableParticipantRecord", Calls: notSecure, SDK: true, About: "switches recording", Fields: []Field{of(UseOpaque, "participantRecord"), of(UseOpaque, "enableParticipantRecord")}},
	{Key: "holdMusic", Calls: inQueue, About: "plays hold music",
		Fields: []Field{value("prompt", "Audio", "Prompt"), value("bargeInEnabled", "Boolean", "Barge-In"), of(UseOpaque, "playStyle"), of(UseOpaque, "playDuration")}},
	{Key: "playEstimatedWaitTime", Calls: inQueue, About: "tells the estimated wait",
		Fields: []Field{value("estimatedWaitTime", "Duration", "Estimated Wait Time"), of(UseOpaque, "roundingInterval"), of(UseOpaque, "specificRoundingIntervals"), of(UseOpaque, "playStyle"), of(UsePlain, "playbackMode")}},
	{Key: "playPositionInQueue", Calls: inQueue, SDK: true, About: "tells the position", Fields: []Field{value("positionInQueue", "Integer", "Position"), of(UsePlain, "playbackMode")}},

	// Transfers
	{Key: "transferToAcd", Calls: allCalls, Hidden: true, Branches: []string{"failure"}, About: "hands the call to a queue",
		Fields: acdFields(
			required("targetQueue", "Queue", "Queue"),
			Field{Key: "priority", Use: UseValue, Type: "Integer", Label: "Priority", Min: genesys.MinPriority, Max: genesys.MaxPriority, Default: true},
			of(UseSkills, "acdSkills"),
			Field{Key: "languageSkill", Type: "LanguageSkill", Use: UseValue, Label: "Language Skill", NoValue: true, Default: true}, value("preferredAgents", "AgentScorePair[]", "Preferred Agents"),
			value("directAgent", "User", "Direct Agent"), of(UseName, "overrideInQueueFlow"),
			of(UseOpaque, "appendSkills"), of(UsePlain, "useDefaultHandling"), of(UseOpaque, "postCallSurveyFlow"), of(UseOpaque, "skillExpressionFilters"))},
	{Key: "transferToFlow", Calls: allCalls, Hidden: true, Branches: []string{"failure"}, About: "hands the call to another flow",
		Fields: transferFields(Field{Key: "targetFlow", Use: UseTarget, Label: "Inbound Call Flow", Missing: CodeNoValueSet}, value("invocationData", "String", "Invocation Data"))},
	{Key: "transferToFlowSecure", Calls: notSecure, Hidden: true, Branches: []string{"failure"}, About: "hands the call to a secure flow",
		Fields: transferFields(Field{Key: "targetFlow", Use: UseTarget, Label: "Secure Call Flow", Missing: CodeNoValueSet}, value("invocationData", "String", "Invocation Data"))},
	{Key: "transferToVoicemail", Calls: allCalls, Hidden: true, Branches: []string{"failure"}, About: "hands the call to a voicemail",
		Fields: transferFields(
			value("destination.queue.targetQueue", "Queue", "Queue"), value("destination.queue.callbackNumber", "PhoneNumber", "Callback Number"),
			value("destination.queue.calleeName", "String", "Callee"), value("destination.queue.voicemailGreeting", "Prompt", "Greeting"),
			value("destination.user.targetUser", "User", "User"), value("destination.group.targetGroup", "Group", "Group"))},
	{Key: "transferToNumber", Calls: allCalls, Hidden: true, SDK: true, Branches: []string{"failure"}, About: "hands the call to a number",
		Fields: transferFields(Field{Key: "targetNumber", Type: "String", Use: UseValue, Label: "Number", Missing: CodeInvalidLiteral, MinLen: 1}, of(UseOpaque, "releaseLinkTransfer"))},
	{Key: "transferToUser", Calls: allCalls, Hidden: true, SDK: true, Branches: []string{"failure"}, About: "hands the call to a user", Fields: transferFields(required("targetUser", "User", "User"), value("allowVoicemailRollover", "Boolean", "Voicemail Rollover"))},
	{Key: "transferToGroup", Calls: allCalls, Hidden: true, SDK: true, Branches: []string{"failure"}, About: "hands the call to a group", Fields: transferFields(required("targetGroup", "Group", "Group"), value("allowVoicemailRollover", "Boolean", "Voicemail Rollover"))},
	{Key: "returnToAgent", Calls: secure, SDK: true, Ends: true, About: "goes back to the agent of a secure flow"},
	{Key: "createCallback", Calls: allCalls, Branches: []string{"success", "failure"}, About: "asks for a callback",
		Fields: []Field{{Key: "queue", Use: UseValue, Type: "Queue", Label: "Queue", Missing: CodeInvalidLiteral}, {Key: "callbackNumber", Use: UseValue, Type: "PhoneNumber", NoValue: true}, {Key: "calleeName", Use: UseValue, Type: "String", NoValue: true, Empty: true}, of(UseOpaque, "callbackScript")}},

	// Look-ups
	{Key: "findQueue", Calls: allCalls, Later: true, Branches: []string{"found", "notFound"}, About: "finds a queue by name", Fields: findFields("findName", "Queue")},
	{Key: "findQueueById", Calls: allCalls, Later: true, Branches: []string{"found", "notFound"}, About: "finds a queue by id", Fields: findFields("findId", "Queue")},
	{Key: "findSkill", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a skill by name", Fields: findFields("findName", "Skill")},
	{Key: "findLanguageSkill", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a language skill by name", Fields: findFields("findName", "LanguageSkill")},
	{Key: "findUser", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a user", Fields: findFields("findName", "User")},
	{Key: "findUserById", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a user by id", Fields: findFields("findId", "User")},
	{Key: "findGroup", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a group", Fields: findFields("findName", "Group")},
	{Key: "findSchedule", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a schedule", Fields: findFields("findName", "Schedule")},
	{Key: "findScheduleGroup", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a schedule group", Fields: findFields("findName", "ScheduleGroup")},
	{Key: "findEmergencyGroup", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds an emergency group", Fields: findFields("findName", "EmergencyGroup")},
	{Key: "findUserPrompt", Calls: allCalls, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a prompt", Fields: promptFields("User Prompt")},
	{Key: "findSystemPrompt", Calls: allCalls, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a system prompt", Fields: promptFields("System Prompt")},
	{Key: "getExternalContact", Calls: allCalls, Branches: []string{"found", "notFound"}, About: "reads an external contact",
		Fields: []Field{required("externalId", "String", "External Contact ID"), requiredOutput("externalResult", "ExternalContact", "External Contact Result")}},
	{Key: "getExternalOrganization", Calls: allCalls, SDK: true, Branches: []string{"found", "notFound"}, About: "reads an external organisation",
		Fields: []Field{required("externalId", "String", "External Organization ID"), requiredOutput("externalResult", "ExternalOrganization", "External Organization Result")}},

	// Conversation
	{Key: "setExternalTag", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "tags the conversation", Fields: []Field{value("externalTag", "String", "External Tag")}},
	{Key: "setPriority", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "changes the priority", Fields: []Field{value("priority", "Integer", "Priority")}},
	{Key: "setSkills", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "changes the requested skills",
		Fields: []Field{of(UseSkills, "acdSkills"), value("languageSkill", "LanguageSkill", "Language Skill")}},
	{Key: "setWrapupCode", Calls: inOut, SDK: true, Branches: []string{"success", "failure"}, About: "sets the wrap-up code",
		Fields: []Field{required("wrapupCode", "WrapupCode", "Wrapup Code")}},
	{Key: "setUtilizationLabel", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "sets a utilization label", Fields: []Field{value("label", "UtilizationLabel", "Label")}},
	{Key: "clearUtilizationLabel", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "clears the utilization label"},
	{Key: "setUUIData", Calls: allCalls, SDK: true, About: "sets the user-to-user text", Fields: []Field{{Key: "uuiData", Type: "String", Use: UseValue, Label: "UUI Data", Empty: true}, of(UsePlain, "mode")}},
	{Key: "initializeFlowOutcome", Calls: allCalls, SDK: true, About: "starts an outcome", Fields: []Field{of(UseName, "flowOutcome")}},
	{Key: "setFlowOutcome", Calls: allCalls, SDK: true, About: "ends an outcome", Fields: []Field{of(UseName, "flowOutcome"), value("flowOutcomeValue", "String", "Value")}},
	{Key: "addFlowMilestone", Calls: allCalls, Later: true, SDK: true, About: "marks a milestone", Fields: []Field{{Key: "milestone", Use: UseName, Or: "flowMilestone"}, of(UseName, "flowMilestone")}},

	// Digital flows and bots, read so that their branches are walked
	{Key: "getResponse", SDK: true, Branches: []string{"success", "failure"}, About: "fetches a canned response",
		Fields: []Field{of(UseOpaque, "messageBody"), output("response", "", "Response"), output("responseBody", "String", "Response Body"), of(UseOpaque, "responseLibrary"), of(UseOpaque, "responseSubstitutions"), of(UsePlain, "performSubstitutions")}},
	{Key: "sendResponse", About: "sends a message", Fields: []Field{value("messageBody", "Communication", "Message"), of(UsePlain, "messageBodyStyle"), of(UseOpaque, "responseBody")}},
	{Key: "clearSlot", About: "forgets slots", Fields: []Field{of(UseName, "slot"), of(UseOpaque, "slots")}},
	{Key: "sendAutoReply", Branches: []string{"success", "failure"}, About: "answers an e-mail",
		Fields: []Field{value("messageBody", "String", "Body"), value("from", "EmailAddress", "From"), value("replyTo", "EmailAddress", "Reply To"), value("cc", "EmailAddress[]", "Cc"), value("bcc", "EmailAddress[]", "Bcc"), value("subject", "String", "Subject"), of(UsePlain, "replyMode")}},
	{Key: "communicate", About: "says something in a bot", Fields: []Field{value("communication", "Communication", "Communication")}},
	{Key: "askForBoolean", Branches: []string{"yes", "no", "maxNoMatches", "maxNoInputs"}, About: "asks for yes or no", Fields: askFields()},
	{Key: "askForIntent", Branches: []string{"noIntent", "knowledge", "maxNoMatches", "maxNoInputs"}, About: "asks what the customer wants; a branch for each intent", Fields: askFields()},
	{Key: "askForSlot", Branches: []string{"success", "default", "maxNoMatches", "maxNoInputs"}, About: "asks for a slot", Fields: append(askFields(), of(UseName, "slot"), value("customValidation", "", ""), value("confirmationMode", "String", ""), of(UseOpaque, "confirmation"), of(UseOpaque, "confirmationQuestion"), of(UseOpaque, "chooser"), output("askResult", "", "Result"), of(UseOpaque, "grammar"))},
	{Key: "abortSurveyInvite", Ends: true, About: "ends a survey invitation", Fields: []Field{value("disposition", "String", "Disposition")}},
	{Key: "completeSurveyInvite", Ends: true, About: "sends a survey invitation and ends",
		Fields: []Field{
			value("targetAddress", "String", "Address"), value("inviteSubject", "String", "Subject"), value("inviteBody", "String", "Body"),
			value("reminderSubject", "String", "Reminder Subject"), value("reminderBody", "String", "Reminder Body"), value("disposition", "String", "Disposition"),
		}},
	{Key: "digitalMenu", About: "offers choices; a branch for each",
		Fields: append(askFields(), of(UseOpaque, "chooser"), of(UseOpaque, "choices"), output("selection", "", "Selection"), output("knowledgeSearchResult", "", "Knowledge Search Result"), of(UseOpaque, "noMatchReprompts"))},
	{Key: "callDigitalBotFlow", Branches: []string{"failure"}, About: "runs a digital bot",
		Fields: []Field{of(UseTarget, "digitalBotFlow"), of(UseTarget, "botFlow"), value("inputText", "String", "Input Text"), output("exitReason", "String", "Exit Reason"), output("intent", "String", "Intent"), of(UseOpaque, "intents"), failureOutputs()}},
	{Key: "disconnectWorkitem", Branches: []string{"success", "failure"}, About: "takes a work item from its queue or agent", Fields: []Field{failureOutputs()}},
	{Key: "exitWorkitemFlow", Ends: true, About: "ends a work item flow"},
	{Key: "sendNotification", Branches: []string{"success", "failure"}, About: "sends a notification", Fields: []Field{failureOutputs()}},
	{Key: "loopAnythingElse", Branches: []string{"loop", "maxNoMatches", "maxNoInputs"}, About: "asks what else the customer wants, until nothing", Fields: append(askFields(), output("currentIndex", "Integer", "Current Index"))},
	{Key: "setIntent", SDK: true, About: "sets the active intent", Fields: []Field{value("intent", "String", "Intent")}},
	{Key: "clearActiveIntent", SDK: true, About: "forgets the active intent"},
	{Key: "detectIntent", SDK: true, About: "finds the intent of a text; a branch for each"},
	{Key: "askForAuthentication", SDK: true, About: "asks who the customer is"},
	{Key: "askForPayment", SDK: true, About: "asks for a payment"},
	{Key: "askSurveyQuestion", SDK: true, About: "asks a question of a survey"},
	{Key: "showKnowledgeArticle", SDK: true, About: "shows an article", Fields: []Field{of(UseOpaque, "knowledgeArticle")}},
	{Key: "waitForInput", SDK: true, About: "waits for the customer", Branches: []string{"success", "failure", "timeout"}},
	{Key: "terminateWorkitem", SDK: true, Branches: []string{"success", "failure"}, About: "ends a work item", Fields: []Field{failureOutputs()}},
	{Key: "saveWorkitem", SDK: true, Branches: []string{"success", "failure"}, About: "saves a work item", Fields: []Field{failureOutputs()}},
	{Key: "clearVoicemailSnippet", SDK: true, About: "forgets what was recorded"},
	{Key: "submitVoicemailSnippet", SDK: true, About: "sends what was recorded"},
	{Key: "processVoicemailInput", SDK: true, About: "records a voicemail"},
	{Key: "playUserGreeting", SDK: true, About: "plays a user's greeting"},
	{Key: "playUserName", SDK: true, About: "plays a user's name"},

	// Of call flows too; the names of their fields are the SDK's
	{Key: "callLexV2Bot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "runs an Amazon Lex V2 bot; a branch for each intent", Fields: botFields()},
	{Key: "callDialogflowBot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "runs a Dialogflow bot; a branch for each intent", Fields: botFields()},
	{Key: "callDialogflowCxBot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "runs a Dialogflow CX bot", Fields: botFields()},
	{Key: "callDialogEngineBot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure", "knowledge", "noIntent"}, About: "runs a Dialog Engine bot; a branch for each intent", Fields: botFields()},
	{Key: "callNuanceMixBot", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "runs a Nuance Mix bot; a branch for each intent", Fields: botFields()},
	{Key: "callBotConnector", Calls: allCalls, Later: true, SDK: true, Branches: []string{"failure"}, About: "runs a bot behind a bot connector; a branch for each intent", Fields: botFields()},
	{Key: "callAudioConnector", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "hands the audio to a service", Fields: botFields()},
	{Key: "callGuide", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "runs a guide of a virtual agent"},
	{Key: "callVoiceFlow", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "runs a voice flow"},
	{Key: "findUsersById", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "partiallyFound", "notFound"}, About: "finds users by their ids", Fields: []Field{value("findIds", "String[]", "Ids"), output("findResult", "User[]", "Result")}},
	{Key: "findUtilizationLabel", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a utilization label", Fields: findFields("findName", "UtilizationLabel")},
	{Key: "findGrammar", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a grammar by name", Fields: findFields("findName", "")},
	{Key: "findGrammarById", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds a grammar by id", Fields: findFields("findId", "")},
	{Key: "findKnowledgeBaseDocumentById", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "finds an article", Fields: findFields("findId", "")},
	{Key: "searchExternalContacts", Calls: allCalls, Later: true, SDK: true, Branches: []string{"matchExact", "matchMultiple", "notFound"}, About: "searches external contacts", Fields: []Field{value("searchTerm", "String", "Search Term"), output("externalResults", "ExternalContact[]", "Results")}},
	{Key: "associateExternalContact", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "ties an external contact to the conversation"},
	{Key: "getJourneyOutcome", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads an outcome of a journey", Fields: findFields("findId", "")},
	{Key: "getJourneyOutcomeScoresBySession", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads the scores of a session", Fields: findFields("findId", "")},
	{Key: "getJourneySegment", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads a segment", Fields: findFields("findId", "")},
	{Key: "getJourneySession", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads a session of a journey", Fields: findFields("findId", "")},
	{Key: "getJourneySessionsByCustomer", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads a customer's sessions", Fields: append(findFields("findId", ""), value("findIdType", "String", "Type"))},
	{Key: "getJourneySessionsByExternalContact", Calls: allCalls, Later: true, SDK: true, Branches: []string{"found", "notFound"}, About: "reads a contact's sessions", Fields: findFields("findId", "")},
	{Key: "getRawSIPHeaders", Calls: allCalls, Later: true, SDK: true, Branches: []string{"success", "failure"}, About: "reads all headers of the SIP leg"},
	{Key: "audioMonitoring", Calls: allCalls, Later: true, SDK: true, About: "switches the monitoring of audio"},
	{Key: "transcription", Calls: allCalls, Later: true, SDK: true, About: "switches transcription", Fields: []Field{value("enableTranscription", "Boolean", "Transcription")}},
	{Key: "flushAudio", Calls: allCalls, Later: true, SDK: true, About: "plays out what was not played yet"},
	{Key: "setPostFlow", Calls: allCalls, Later: true, SDK: true, About: "sets what follows when the agent leaves", Fields: []Field{of(UsePlain, "actionType"), of(UseOpaque, "target"), of(UseOpaque, "targetFlow"), value("invocationData", "String", "Invocation Data")}},
	{Key: "clearPostFlow", Calls: allCalls, Later: true, SDK: true, About: "takes that back"},
}

// acdFields are transferFields without a timeout, which a transfer to a queue has not.
func acdFields(own ...Field) []Field {
	fields := transferFields(own...)
	for i := range fields {
		if fields[i].Key == "connectTimeout" {
			fields[i] = of(UseOpaque, "connectTimeout")
		}
	}
	return fields
}

var timeoutField = Field{Key: "timeout", Use: UseValue, Type: "Duration", Label: "Timeout", Literal: true}

func promptFields(label string) []Field {
	return []Field{{Key: "findName", Type: "String", Use: UseValue, Label: label + " Name", Missing: CodeNoValueSet}, requiredOutput("findResult", "Prompt", label+" Result")}
}

// botFields are shared by the bots of others; which bot, and its intents, each names in a
// way of its own that was never seen.
func botFields() []Field {
	return []Field{
		value("inputText", "String", "Input Text"), value("followupResponseTimeout", "Duration", "Timeout"), of(UseOpaque, "sessionVariables"),
		of(UseOpaque, "sessionVariableOutputs"), of(UseOpaque, "intents"), of(UseOpaque, "startAudio"), failureOutputs(),
	}
}

func askFields() []Field {
	return []Field{
		value("question", "Communication", "Question"), value("noInput", "Communication", "No Input"), value("noMatch", "Communication", "No Match"),
		value("voiceEndOfInputTimeout", "Duration", "End Of Input"), of(UseOpaque, "noMatchesMax"), of(UseOpaque, "noInputsMax"),
	}
}
