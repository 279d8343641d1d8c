package doctor

import "github.com/dealroute/dealroute/pkg/diag"

func accountTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-001", Severity: diag.Warning, Title: "a HubSpot key that may write",
			Text: "Lookups only read. A key that may write does harm in the hands of whoever gets hold of it, and Genesys Cloud keeps it where people who edit integrations can use it. Take the scope off the key in HubSpot (Development, Keys, Service keys): the key stays the same.",
		},
		{
			Code: "DR-DOC-002", Severity: diag.Info, Title: "HubSpot does not tell what the key may do",
			Text: "Only the scopes that are needed were tried, by one read each. Whether the key may do more, write for example, is not known: look at it in HubSpot (Development, Keys, Service keys).",
		},
		{
			Code: "DR-DOC-003", Severity: diag.Error, Title: "HubSpot refuses the request that calls will send",
			Text: "The rendered data action was run as a call runs it, with a number that cannot exist, and HubSpot did not answer 200. Each such lookup will fail. Where HubSpot refuses a filter, each property that the search filters by was tried alone, and the finding names the one that cannot be filtered by. " +
				"If it is one of `hs_calculated_phone_number` and `hs_calculated_mobile_number`, write `lookup.match: national`.",
		},
		{
			Code: "DR-DOC-004", Severity: diag.Error, Title: "HubSpot finds somebody for a number that nobody has",
			Text: "The filters of the request do not count, so that every caller would be taken for whoever comes first: another customer's data. With the built-in templates this cannot be; compare a template of your own with them (`dealroute render --copy-templates DIR`). Do not lead calls there before it is settled.",
		},
	}
}
