package expr

// CallVariables are the built-in variables of call flows, in an order that stays: a Table
// made with them first has them in the slots of their places.
func CallVariables() []Symbol {
	return []Symbol{{Name: "Call.Ani", Type: String, ReadOnly: true}}
}
