package simulate_test

// elsewhere draws a caller of a country that rules ask for, whom nobody in the account is.
func (m maker) elsewhere() string {
	return one(m.t, "from", "+14165550123", "+17875550123", "+441534123456", "+447911123456", "+4312345678", "+390669812345", "+525512349999", "+77011234567", "+79161234567", "+80012345678", "+15551234567")
}

// dialled draws an address in a form that trunks write, of one of the numbers or of none.
func (m maker) dialled(home string) string {
	t := m.t
	number := one(t, "dialled", "+15135550100", "+15135550100", "+493023125100", "+525512345600", "+5215512345600", "+15135550199", "")
	forms := []string{number}
	if number != "" {
		forms = append(forms, number[1:])
	}
	switch {
	case home == "US" && number == "+15135550100":
		forms = append(forms, "5135550100")
	case home == "DE" && number == "+493023125100":
		forms = append(forms, "03023125100", "3023125100")
	case home == "MX" && number == "+525512345600":
		forms = append(forms, "5512345600")
	}
	form := one(t, "form", forms...)
	return one(t, "address", form, "tel:"+form, "sip:"+form+"@203.0.113.7", "SIP:"+form+";npdi@Trunk.example;user=phone", "\"Acme\" <sip:"+form+"@pbx.example>")
}
