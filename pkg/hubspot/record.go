package hubspot

import "time"

// Names of contact properties that this project asks for. The calculated twins of a phone
// number hold E.164 and exist only where HubSpot could tell country and validity; the
// searchable ones hold the number without its country code. The former are undocumented.
const (
	PropPhone            = "phone"
	PropMobile           = "mobilephone"
	PropCalcPhone        = "hs_calculated_phone_number"
	PropCalcMobile       = "hs_calculated_mobile_number"
	PropCalcCountry      = "hs_calculated_phone_number_country_code"
	PropSearchPhone      = "hs_searchable_calculated_phone_number"
	PropSearchMobile     = "hs_searchable_calculated_mobile_number"
	PropLifecycle        = "lifecyclestage"
	PropOwner            = "hubspot_owner_id" // of contacts and deals: the id of an owner, not of a user
	PropAssociatedDeals  = "num_associated_deals"
	PropContactModified  = "lastmodifieddate"
	PropObjectID         = "hs_object_id"
	PropCreated          = "createdate"
	PropDealModified     = "hs_lastmodifieddate"
	PropDealStage        = "dealstage"
	PropPipeline         = "pipeline"
	PropAmount           = "amount"
	PropHomeAmount       = "amount_in_home_currency" // in the account's company currency
	PropCurrency         = "deal_currency_code"
	PropIsClosed         = "hs_is_closed"
	PropIsWon            = "hs_is_closed_won"
	PropIsLost           = "hs_is_closed_lost"
	PropStageProbability = "hs_deal_stage_probability"
	PropCloseDate        = "closedate"
	PropPrimaryCompany   = "associatedcompanyid" // of a contact: the id of its primary company
	PropCompanyModified  = "hs_lastmodifieddate"
)

// Properties are the values of a record by property name. A nil value is HubSpot's null;
// a name that is absent was not asked for or does not exist.
type Properties map[string]*string

// Get gives a value; ok is false when it is null, empty or absent. HubSpot clears a
// property by writing an empty text.
func (p Properties) Get(name string) (value string, ok bool) {
	v := p[name]
	if v == nil || *v == "" {
		return "", false
	}
	return *v, true
}

// Text is a property value, for literals.
func Text(s string) *string { return &s }

// A Record is a contact, a company or a deal as the API serves it.
type Record struct {
	ID         string     `json:"id" yaml:"id"`
	Properties Properties `json:"properties" yaml:"properties"`
	CreatedAt  time.Time  `json:"createdAt" yaml:"created"`
	UpdatedAt  time.Time  `json:"updatedAt" yaml:"updated"`
	Archived   bool       `json:"archived" yaml:"archived"`
}

// A Contact is a person HubSpot knows. ID is a decimal number in a text.
type Contact Record

// Record is the contact as the API serves it.
func (c Contact) Record() Record { return Record(c) }

// A Company is an organisation HubSpot knows. HubSpot: its phone is as somebody typed it, without
// the twins that a contact's has.
type Company Record

// Record is the company as the API serves it.
func (c Company) Record() Record { return Record(c) }

// A Deal is a sale in some stage of a pipeline, with the contacts and companies it is
// associated with.
type Deal struct {
	ID         string     `json:"id" yaml:"id"`
	Contacts   []string   `json:"contacts" yaml:"contacts"`   // ids; not part of what the API serves with a deal
	Companies  []string   `json:"companies" yaml:"companies"` // likewise
	Properties Properties `json:"properties" yaml:"properties"`
	CreatedAt  time.Time  `json:"createdAt" yaml:"created"`
	UpdatedAt  time.Time  `json:"updatedAt" yaml:"updated"`
	Archived   bool       `json:"archived" yaml:"archived"`
}

// Record is the deal as the API serves it.
func (d Deal) Record() Record {
	return Record{ID: d.ID, Properties: d.Properties, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt, Archived: d.Archived}
}

// A Pipeline is an ordered list of stages that deals pass through.
type Pipeline struct {
	ID     string  `json:"id" yaml:"id"`
	Label  string  `json:"label" yaml:"label"`
	Stages []Stage `json:"stages" yaml:"stages"`
}

// A Stage is a step of a pipeline. Its id says nothing about being won or lost: only the
// default pipeline calls them closedwon and closedlost.
type Stage struct {
	ID          string `json:"id" yaml:"id"`
	Label       string `json:"label" yaml:"label"`
	Closed      bool   `json:"closed" yaml:"closed"`
	Won         bool   `json:"won" yaml:"won"`
	Probability string `json:"probability" yaml:"probability"` // "0" to "1"
}

// DefaultPipelineID is the id of the pipeline that every portal starts with.
const DefaultPipelineID = "default"

// DefaultStages lists the ids of its stages, won and lost last. They exist in every account
// under these ids whatever their labels; all other stages, won and lost included, have numbers.
func DefaultStages() []string {
	var out []string
	for _, s := range DefaultPipeline().Stages {
		out = append(out, s.ID)
	}
	return out
}

// Lifecycles lists the ids of HubSpot's own lifecycle stages.
func Lifecycles() []string {
	return []string{"subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other"}
}

// DefaultPipeline is the pipeline that every portal starts with.
func DefaultPipeline() Pipeline {
	return Pipeline{ID: DefaultPipelineID, Label: "Sales Pipeline", Stages: []Stage{
		{ID: "appointmentscheduled", Label: "Appointment Scheduled", Probability: "0.2"},
		{ID: "qualifiedtobuy", Label: "Qualified To Buy", Probability: "0.4"},
		{ID: "presentationscheduled", Label: "Presentation Scheduled", Probability: "0.6"},
		{ID: "decisionmakerboughtin", Label: "Decision Maker Bought-In", Probability: "0.8"},
		{ID: "contractsent", Label: "Contract Sent", Probability: "0.9"},
		{ID: "closedwon", Label: "Closed Won", Closed: true, Won: true, Probability: "1.0"},
		{ID: "closedlost", Label: "Closed Lost", Closed: true, Probability: "0.0"},
	}}
}

// An Owner is somebody to whom records can belong. Deactivated ones are archived; records keep
// them. HubSpot: the e-mail may be absent, and the type is PERSON or QUEUE.
type Owner struct {
	ID        string `json:"id" yaml:"id"`
	Type      string `json:"type" yaml:"type"`
	Email     string `json:"email" yaml:"email"`
	FirstName string `json:"firstName" yaml:"firstname"`
	LastName  string `json:"lastName" yaml:"lastname"`
	Archived  bool   `json:"archived" yaml:"archived"`
}

// A Definition says what a property of people's own is, beside what its values show.
type Definition struct {
	Name      string `json:"name" yaml:"name"`
	Type      string `json:"type" yaml:"type"`           // string, number, bool, date, datetime, enumeration, phone_number; string without one
	FieldType string `json:"fieldType" yaml:"fieldType"` // how it is filled in, such as calculation_rollup; that of the type without one
	Unique    bool   `json:"hasUniqueValue" yaml:"unique"`
	Archived  bool   `json:"archived" yaml:"archived"` // HubSpot knows it no more, whatever the records have
}

// OwnerPerson is the type of an owner who is a person.
const OwnerPerson = "PERSON"

// A CRM is the content of one HubSpot account, as fixtures write it.
type CRM struct {
	Portal    string     `json:"portal" yaml:"portal"`
	Currency  string     `json:"currency" yaml:"currency"` // the company currency
	TimeZone  string     `json:"timeZone" yaml:"timezone"`
	Contacts  []Contact  `json:"contacts" yaml:"contacts"`
	Companies []Company  `json:"companies" yaml:"companies"`
	Deals     []Deal     `json:"deals" yaml:"deals"`
	Pipelines []Pipeline `json:"pipelines" yaml:"pipelines"` // none: the default pipeline
	Owners    []Owner    `json:"owners" yaml:"owners"`

	Properties map[string][]Definition `json:"properties" yaml:"properties"` // of contacts, companies and deals
}

// Stage finds a stage by the ids of its pipeline and itself. An account without pipelines
// has the default one; an empty pipeline id means it too.
func (c CRM) Stage(pipeline, stage string) (Stage, bool) {
	if pipeline == "" {
		pipeline = "default"
	}
	for _, p := range c.AllPipelines() {
		if p.ID != pipeline {
			continue
		}
		for _, s := range p.Stages {
			if s.ID == stage {
				return s, true
			}
		}
	}
	return Stage{}, false
}

// AllPipelines are the pipelines of the account, the default one when it names none.
func (c CRM) AllPipelines() []Pipeline {
	if len(c.Pipelines) == 0 {
		return []Pipeline{DefaultPipeline()}
	}
	return c.Pipelines
}
