package cli

import (
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/secret"
)

// What came along when a secret was copied is named, and the secret is not.
func TestWhatComesAlongWithASecret(t *testing.T) {
	for _, s := range []string{"key\n", "key\r\n", " key", "key\t", "ke\x00y", "ke\ny", "\u00a0key", "key\u2028"} {
		err := whole("VARIABLE", secret.New(s))
		if err == nil || !strings.Contains(err.Error(), "VARIABLE") || strings.Contains(err.Error(), "key") {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "key", "a b", "pat-na1-1-2", "S3cr+t/With=Odd&Chars\"é"} {
		if err := whole("VARIABLE", secret.New(s)); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}
