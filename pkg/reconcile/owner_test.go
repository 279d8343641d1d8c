package reconcile

import (
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// A number that a person has is told without the name.
func TestWhoseANumberIs(t *testing.T) {
	for want, n := range map[string]genesys.Number{
		"a user":                {OwnerType: "USER", OwnerName: "Ada Lovelace"},
		`call route "Old line"`: {OwnerType: "IVR_CONFIG", OwnerName: "Old line"},
		`phone "Lobby"`:         {OwnerType: "PHONE", OwnerName: "Lobby"},
	} {
		if got := ownerOf(n); got != want {
			t.Errorf("%+v: %s", n, got)
		}
	}
}
