package genesystest_test

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// What is wrong with a file of another kind is said without the names of our types.
func TestForeignStatesAreRefusedInWords(t *testing.T) {
	for _, text := range []string{"[]", "x", "", `{"schema": "1"}`, `{"entities": {"clients": []}}`, "7", `{"seq": 1e99}`} {
		if _, err := genesystest.ReadState([]byte(text)); err == nil || strings.Contains(err.Error(), "json:") || strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "invalid character") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
