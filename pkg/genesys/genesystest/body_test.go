package genesystest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// A request without end is read to the limit, whatever path it is for, and the answer names it.
func TestRequestsAreBounded(t *testing.T) {
	s, err := genesystest.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/oauth/token", "/uploads/v2/scripter", "/presigned/x"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, path, io.MultiReader(strings.NewReader("x"), endless{}))
		s.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !bytes.Contains(w.Body.Bytes(), []byte("Maximum bytes: 8192000")) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
