package blueprint

import (
	"cmp"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

// The headers by which a data action shows who it is.
const (
	bearerOfKey = "Bearer ${credentials.token}"
	bearerOfOwn = "Bearer ${authResponse.access_token}"
)

// bearer is the Authorization header of the data actions that ask HubSpot.
func (b *builder) bearer() string {
	if b.d.HubSpot.Auth.ByPlatform() {
		return bearerOfOwn
	}
	return bearerOfKey
}

// otherBearer finds a data action whose template shows what this deployment's credential does
// not have: every lookup would fail.
func (b *builder) otherBearer(def *dataaction.Definition, p actionParts) diag.Findings {
	if def.IntegrationType != dataaction.WebServices {
		return nil
	}
	has, hasNot := "${credentials.token}", "authResponse"
	if b.d.HubSpot.Auth.ByPlatform() {
		has, hasNot = "${authResponse.access_token}", "credentials.token"
	}
	for name, v := range def.Request.Headers {
		if strings.Contains(v, hasNot) {
			return p.head.fail(lineOf(p.root, "request"), "header %s holds %s; by hubspot.auth the token is %s, which the built-in template takes from .Bearer", name, hasNot, has)
		}
	}
	return nil
}

// grantFields are the fields that an access token is got with.
func grantFields(a deployment.Auth) []string {
	if a.Grant == deployment.GrantClient {
		return []string{FieldClientID, FieldClientSecret}
	}
	return []string{FieldClientID, FieldClientSecret, FieldRefreshToken}
}

// TokenURL is where a deployment's access tokens are got, if it has such.
func TokenURL(d *deployment.Deployment) string {
	return cmp.Or(d.HubSpot.Auth.TokenURL, hubspot.Host+hubspot.Paths(d.HubSpot.APIVersion).Token())
}

type authData struct {
	Name, TokenURL string
	Refresh        bool // by a refresh token, else as the client itself
}

// renderAuth renders the custom auth action: the platform makes it with the integration, and setup
// gives it this configuration.
func (b *builder) renderAuth() diag.Findings {
	auth := b.d.HubSpot.Auth
	if !auth.ByPlatform() {
		return nil
	}
	def, parts, fs := b.definition("authenticate", authData{b.names.auth, TokenURL(b.d), auth.Grant != deployment.GrantClient})
	if fs.Has(diag.Error) {
		return fs
	}
	def.ActionType = dataaction.CustomAuth
	if fs = append(fs, parts.head.unnamed(parts.root, "the auth action", def.Name, b.names.auth)...); fs != nil {
		return fs
	}
	artifact, parsed, found := exported(def, parts, ".customAuth.json")
	if fs = append(fs, found...); fs.Has(diag.Error) {
		return fs
	}
	b.out.Artifacts = append(b.out.Artifacts, artifact)
	b.out.Auth = &ActionArtifact{Key: key(genesys.AuthAction, def.Name), Category: b.names.hubspot, Definition: parsed, Role: RoleAuth}
	return fs
}

func (b *builder) authEntity() genesys.Entity {
	a := b.out.Auth
	return genesys.Entity{
		Key: a.Key, Holding: genesys.Owned, Needs: []genesys.Key{key(genesys.Integration, a.Category)}, Text: string(a.Definition.Export()),
		Content: map[string]any{
			"name": a.Definition.Name, "integrationId": refTo(genesys.Integration, a.Category), "config": configOf(a.Definition),
		},
	}
}
