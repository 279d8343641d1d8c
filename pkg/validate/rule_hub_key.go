package validate

func ruleHubKey() Rule {
	return Rule{
		Code: "DR-HUB-006", online: true,
		Title: "a HubSpot key that will not do",
		Text:  "HubSpot does not know the key, or it belongs to another account than `hubspot.portal` names. Every lookup would fail, or ask somebody else's customers. Give the key of the right account, or correct `hubspot.portal`.",
		check: func(c *check) {
			if why := c.in.Online.HubSpot.Refused; why != "" {
				c.at("hubspot.portal", c.d.HubSpot.Portal, c.in.Online.HubSpot.Hint, "%s", why)
			}
		},
	}
}
