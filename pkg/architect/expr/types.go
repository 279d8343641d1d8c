package expr

import (
	"strings"
	"sync"
)

// A Type is the static type of an expression. The zero Type is no type.
type Type uint16

// The types of values. NotSetType is the type of a bare NOT_SET, which fits wherever the
// parameter allows it and has no type of its own.
const (
	Invalid Type = iota
	NotSetType
	Any
	Boolean
	Integer
	Decimal
	String
	DateTime
	Date
	Time
	Duration
	Currency
	PhoneNumber
	JSON
	Queue
	User
	Skill
	LanguageSkill
	Group
	WrapupCode
	Schedule
	ScheduleGroup
	EmergencyGroup
	UtilizationLabel
	AgentScorePair
	Prompt
	Audio
	Communication
	Campaign
	ContactList
	Email
	EmailAddress
	EmailAttachment
	Message
	ExternalContact
	ExternalOrganization
	ExternalPhoneNumber
	ExternalAddress
	// The types below are those of Format., Language. and System. constants.
	BoolFormat
	CurrencyFormat
	DateFormat
	NumberFormat
	PhoneFormat
	StringFormat
	TimeFormat
	TimePart
	LanguageNumber
	CurrencyInfo
	WeekdayInfo
	LanguageInfo
	RegionInfo
	SoundInfo
	ContactType
	TwitterInfo
	FacebookInfo
	FacebookID
	LineInfo
	LineID
	// The containers of constants, such as that of System.Languages.
	boolFormats
	currencyFormats
	dateFormats
	numberFormats
	phoneFormats
	stringFormats
	timeFormats
	timeParts
	caseContexts
	genderContexts
	quantityContexts
	currencyInfos
	languageInfos
	regionInfos
	dateTimeInfos
	// The last two are parameters' types only.
	audioOrPrompt
	textOrCommunication
	typeCount
)

// listBit marks a collection of the type in the lower bits.
const listBit Type = 0x100

type typeInfo struct {
	name  string // as the engine's answers call it
	label string // as its messages do
	org   bool   // an object of the organisation with id and name
}

var typeTable = [typeCount]typeInfo{
	Invalid: {name: "?"}, NotSetType: {name: "NotSet", label: "NOT_SET"}, Any: {name: "Any"},
	Boolean: {name: "Boolean"}, Integer: {name: "Integer"},
	Decimal: {name: "Decimal"}, String: {name: "String"},
	DateTime: {name: "DateTime"}, Date: {name: "Date"}, Time: {name: "Time"},
	Duration: {name: "Duration"}, Currency: {name: "Currency"},
	PhoneNumber: {name: "PhoneNumber"}, JSON: {name: "JSON"},
	Queue: {name: "Queue", org: true}, User: {name: "User", org: true},
	Skill:            {name: "Skill", label: "ACD Skill", org: true},
	LanguageSkill:    {name: "LanguageSkill", label: "Language Skill", org: true},
	Group:            {name: "Group", org: true},
	WrapupCode:       {name: "WrapupCode", label: "Wrap-up Code", org: true},
	Schedule:         {name: "Schedule", org: true},
	ScheduleGroup:    {name: "ScheduleGroup", label: "Schedule Group", org: true},
	EmergencyGroup:   {name: "EmergencyGroup", label: "Emergency Group", org: true},
	UtilizationLabel: {name: "UtilizationLabel", label: "Utilization Label", org: true},
	AgentScorePair:   {name: "AgentScorePair", label: "Agent Score Pair"},
	Prompt:           {name: "Prompt", org: true}, Audio: {name: "Audio"},
	Communication: {name: "Communication"},
	Campaign:      {name: "Campaign", org: true}, ContactList: {name: "ContactList", org: true},
	Email: {name: "Email"}, EmailAddress: {name: "EmailAddress"},
	EmailAttachment: {name: "EmailAttachment"}, Message: {name: "Message"},
	ExternalContact:      {name: "ExternalContact", label: "External Contact", org: true},
	ExternalOrganization: {name: "ExternalOrganization", label: "External Organization", org: true},
	ExternalPhoneNumber:  {name: "ExternalPhoneNumber", label: "External Phone Number"},
	ExternalAddress:      {name: "ExternalAddress", label: "External Address"},
	BoolFormat:           {name: "bof", label: "Bool Format Enum"}, CurrencyFormat: {name: "cuf", label: "Currency Format Enum"}, DateFormat: {name: "daf", label: "Date Format Enum"}, NumberFormat: {name: "nuf", label: "Number Format Enum"},
	PhoneFormat: {name: "phf", label: "Phone Number Format Enum"}, StringFormat: {name: "stf", label: "String Format Enum"}, TimeFormat: {name: "tif", label: "Time Format Enum"}, TimePart: {name: "tpf", label: "Time Part Enum"},
	LanguageNumber: {name: "lne", label: "Language Context Enum"}, CurrencyInfo: {name: "cre", label: "Currency Enum"}, WeekdayInfo: {name: "dwc", label: "Day of Week Enum Container"}, LanguageInfo: {name: "lge", label: "Language Enum"},
	RegionInfo: {name: "rge", label: "Region Enum"}, SoundInfo: {name: "sde"}, ContactType: {name: "cte"},
	TwitterInfo:  {name: "cpx_external_twitter_info", label: "ExternalTwitterInfo"},
	FacebookInfo: {name: "cpx_external_facebook_info", label: "ExternalFacebookInfo"},
	FacebookID:   {name: "cpx_external_facebook_id", label: "ExternalFacebookId"},
	LineInfo:     {name: "cpx_external_line_info", label: "ExternalLineInfo"},
	LineID:       {name: "cpx_external_line_id", label: "ExternalLineId"},
	boolFormats:  {name: "blc"}, currencyFormats: {name: "cuc"}, dateFormats: {name: "dac"}, numberFormats: {name: "nuc"},
	phoneFormats: {name: "phc"}, stringFormats: {name: "stc"}, timeFormats: {name: "tic"}, timeParts: {name: "tpc"},
	caseContexts: {name: "lcc"}, genderContexts: {name: "lgc"}, quantityContexts: {name: "lqc"},
	currencyInfos: {name: "cec"}, languageInfos: {name: "lnc"}, regionInfos: {name: "rec"}, dateTimeInfos: {name: "dlc"},
	audioOrPrompt: {name: "apa", label: "Audio or Prompt"}, textOrCommunication: {name: "toc", label: "String or Communication"},
}

// typeNames finds a type by its lower-case name; the engine's short codes are names too.
var typeNames = sync.OnceValue(func() map[string]Type {
	m := map[string]Type{
		"str": String, "int": Integer, "dec": Decimal, "bln": Boolean, "dtm": DateTime, "dur": Duration, "cur": Currency,
		"phn": PhoneNumber, "jsn": JSON, "que": Queue, "usr": User, "skl": Skill, "lac": LanguageSkill, "grp": Group,
		"wrc": WrapupCode, "pmt": Prompt, "aud": Audio, "any": Any, "nts": NotSetType, "acdskill": Skill,
	}
	for t := NotSetType; t < boolFormats; t++ {
		m[strings.ToLower(typeTable[t].name)] = t
	}
	return m
})

// ParseType reads a type's name, such as Integer or String[]; letter case does not count.
// The beginning of a variable's YAML key is a name too: stringCollection, dateTime.
func ParseType(name string) (Type, bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	n, list := strings.CutSuffix(n, "[]")
	if !list {
		n, list = strings.CutSuffix(n, "collection")
	}
	t, ok := typeNames()[strings.TrimSpace(n)]
	if ok && list {
		t = t.List()
	}
	return t, ok
}

// TypeOfJSON is the type that a value of a JSON type has in a flow: string, integer, number and
// boolean, with [] for a list of them; false for others. Genesys: what a contract gives is
// not converted, so a variable that takes it must have exactly this type.
func TypeOfJSON(name string) (Type, bool) {
	name, list := strings.CutSuffix(name, "[]")
	t, ok := map[string]Type{"string": String, "integer": Integer, "number": Decimal, "boolean": Boolean}[name]
	if ok && list {
		t = t.List()
	}
	return t, ok
}

// A Field is an input or output of what a flow calls: of a data action, a table or a script.
type Field struct {
	Name     string // nested names are joined by dots
	Type     Type
	Required bool // the contract asks for it
}

// List is the type of a collection of t.
func (t Type) List() Type { return t | listBit }

// Elem is the type of a collection's items, and of anything else the type itself.
func (t Type) Elem() Type { return t &^ listBit }

// IsList reports whether t is a collection.
func (t Type) IsList() bool { return t&listBit != 0 }

// isAny reports whether a value of t fits a parameter of any type. Audio, the constants of
// Format., Language. and System., and what contains them do not.
func (t Type) isAny() bool {
	e := t.Elem()
	return e != Audio && e != Any && e != NotSetType && e != Invalid && (e < BoolFormat || e > ContactType || e == WeekdayInfo) && e < boolFormats
}

// IsOrg reports whether values of t are objects of the organisation, with id and name.
func (t Type) IsOrg() bool { return t < typeCount && typeTable[t].org }

// String is the type's name as in Integer or String[].
func (t Type) String() string {
	e := t.Elem()
	if e >= typeCount {
		return "?"
	}
	if t.IsList() {
		return typeTable[e].name + "[]"
	}
	return typeTable[e].name
}

// label is the type's name in messages, as Genesys' engine words it.
func (t Type) label() string {
	e := t.Elem()
	if e >= typeCount {
		return "?"
	}
	s := typeTable[e].label
	if s == "" {
		s = typeTable[e].name
	}
	if t.IsList() {
		s += " Collection"
	}
	return s
}
