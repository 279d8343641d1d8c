package genesysrest

import (
	"fmt"
	"net/http"
	"net/url"
)

// This file is the whole list of calls in which the SDK is not taken at its word. The rest
// of the package calls its operations with its types.

// why is the reason for a body that goes as it is, byte for byte, in a call whose path and
// parameters are still those of the SDK's operation.
type why string

const (
	// POST and PUT of a data table; POST and PATCH of a draft, whose contract is two schemas.
	schemas why = "Jsonschemadocument drops keywords that it does not list (items, $ref), a false additionalProperties and the order of properties"
	// PUT of a call route.
	whole why = "it replaces the whole, and a route of others that gives up a number may have fields that this SDK does not know"
)

// A lacking call is one for which the SDK has no operation.
type lacking struct {
	method, path string // path with a %s for each id
	why          string
}

var (
	scriptDelete = lacking{http.MethodDelete, "/api/v2/scripts/%s", "not in the API description; Genesys' own provider deletes scripts with it"}
	clientPage   = lacking{http.MethodGet, "/api/v2/oauth/clients?pageNumber=%s", "the API description gives this list no pages, and its answer counts them"}
	exportStart  = lacking{http.MethodPost, "/api/v2/flows/export/jobs", "on the platform since 2025, after this SDK"}
	exportRead   = lacking{http.MethodGet, "/api/v2/flows/export/jobs/%s", "on the platform since 2025, after this SDK"}
	scriptUpload = lacking{http.MethodPost, "/uploads/v2/scripter", "on the host of the user interface, as a form with a file; Genesys' own provider uploads scripts with it"}
)

// call has the SDK write the request all the same. A script's upload alone is written by hand.
func (l lacking) call(a apis, b *body, ids ...string) error {
	escaped := make([]any, len(ids))
	for i, id := range ids {
		escaped[i] = url.PathEscape(id)
	}
	var text any
	if b != nil && b.text != nil {
		s := string(b.text)
		text = &s // a pointer to text is sent byte for byte
	}
	return done(a.sdk.APIClient.CallAPI(a.sdk.BasePath+fmt.Sprintf(l.path, escaped...), l.method, text,
		map[string]string{"Accept": "application/json", "Content-Type": "application/json"}, nil, nil, "", nil, "other"))
}
