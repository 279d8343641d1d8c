package view

// An Explanation is what the documentation says of a code, as JSON. The text is Markdown.
type Explanation struct {
	Schema int    `json:"schema"`
	Code   string `json:"code"`
	Title  string `json:"title"` // empty for an assumption
	Text   string `json:"text"`
	URL    string `json:"url"`
}
