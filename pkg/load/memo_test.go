package load_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/load"
)

// Calls of a day remember what other calls did, while they wait for each other. The day is the one
// in which each is computed from its start and each action is executed.
func TestMemoChangesNothing(t *testing.T) {
	one := func(plain bool) *load.Result {
		d := basic(t)
		d.For, d.Traffic.PerMinute = 3*time.Minute, 200
		d.Traffic.Legs, d.Traffic.Gap = 0.2, 20*time.Second
		d.Faults = []load.Fault{{Kind: "timeout", From: time.Minute, To: 80 * time.Second}}
		if plain {
			d.HubSpot.Answers = nil
			return load.RunPlain(t.Context(), d)
		}
		return run(t, d)
	}
	if with, without := one(false), one(true); !reflect.DeepEqual(with, without) {
		t.Errorf("with a memo\n%+v\nwithout\n%+v", with, without)
	}
}
