package simulate

import (
	"github.com/google/uuid"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
)

// MadeUp gives a reference an id that is no org's, always the same one.
func MadeUp(r genesys.Ref) (string, bool) {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(r.String())).String(), true
}

// Rendered is what calls run on of a deployment that is in no org. HubSpot is asked with the key.
func Rendered(b *blueprint.Blueprint, key secret.Value) (Artifacts, error) {
	r, err := b.Resolve(MadeUp)
	if err != nil {
		return Artifacts{}, err
	}
	return Resolved(r, r.Flow, MadeUp, key), nil
}

// Resolved is what calls run on of a blueprint whose references have these ids, with its flow or
// another one in its place. HubSpot is asked with the key.
func Resolved(b *blueprint.Blueprint, flow blueprint.FlowArtifact, ids genesys.IDs, key secret.Value) Artifacts {
	a := Artifacts{Flow: flow.Tree}
	for _, e := range b.Entities {
		switch {
		case e.Key.Kind != genesys.DataTable:
		case e.Key.Name == blueprint.OwnersTable(b.Name):
			a.Owners = e.Key.Name
		default:
			a.Table = e.Key.Name
			a.TableID, _ = ids(genesys.Ref{Key: e.Key, Field: "id"})
		}
	}
	for _, x := range b.Actions {
		act := Action{Category: x.Category, Definition: x.Definition, HubSpot: x.Definition.IntegrationType == dataaction.WebServices}
		if act.HubSpot {
			act.Credentials = b.HubSpotCredential(key)
			if b.Auth != nil {
				act.Auth = b.Auth.Definition
			}
		}
		a.Actions = append(a.Actions, act)
	}
	return a
}
