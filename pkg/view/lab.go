package view

// A Lab says where the lab is, as JSON.
type Lab struct {
	Schema  int    `json:"schema"`
	Address string `json:"address"` // with the token behind #
	File    string `json:"file"`
	Idle    string `json:"idle"` // without use, after which it ends
}
