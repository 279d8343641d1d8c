package secret_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/secret"
)

func TestNothingPrintsASecret(t *testing.T) {
	const text = "pat-eu1-marked-value"
	v := secret.New(text)
	holder := struct {
		Key  secret.Value
		List []secret.Value
		Map  map[string]any
	}{v, []secret.Value{v}, map[string]any{"k": v}}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
		fmt.Fprintf(&b, verb+"\n", holder)
	}
	js, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(js)
	slog.New(slog.NewTextHandler(&b, nil)).Info("m", "k", v, "h", holder)
	if strings.Contains(b.String(), "marked") || strings.Contains(b.String(), fmt.Sprintf("%x", "marked")) {
		t.Errorf("the secret shows in\n%s", b.String())
	}
	if v.Reveal() != text || !v.Set() || (secret.Value{}).Set() {
		t.Error("Reveal or Set is wrong")
	}
}
