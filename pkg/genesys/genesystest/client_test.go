package genesystest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

// A client of an emulated org over real HTTP, without any of the project's own clients.
type client struct {
	t     *testing.T
	s     *genesystest.Server
	base  string
	token string
}

func newOrg(t *testing.T, opts ...genesystest.Option) *client {
	t.Helper()
	s, err := genesystest.New(nil, append(opts, genesystest.Described(func(err error) { t.Error(err) }))...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	c := &client{t: t, s: s, base: srv.URL}
	status, body := c.signIn(genesystest.ClientID, genesystest.ClientSecret)
	if status != http.StatusOK || body["token_type"] != "bearer" || body["expires_in"] == nil {
		t.Fatalf("token: %d %v", status, body)
	}
	c.token = body["access_token"].(string)
	return c
}

func (c *client) signIn(id, secret string) (int, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/oauth/token", strings.NewReader(url.Values{"grant_type": {"client_credentials"}}.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	req.SetBasicAuth(id, secret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, _, data := c.send(req)
	return status, decode(c.t, data)
}

func (c *client) send(req *http.Request) (int, http.Header, []byte) {
	c.t.Helper()
	res, err := new(http.Client).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, res.Header, data
}

func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if len(bytes.TrimSpace(data)) == 0 || bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return nil
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return out
}

// do sends a call; the answer of a wanted status is decoded, any other ends the test. An
// error must have the vendor's shape, and code when one is given after the status.
func (c *client) do(method, path string, body any, want int, code ...string) map[string]any {
	c.t.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	default:
		var err error
		if data, err = json.Marshal(b); err != nil {
			c.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, bytes.NewReader(data))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	status, header, answer := c.send(req)
	try(method, path, status)
	if status != want {
		c.t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, answer)
	}
	if header.Get("Inin-Correlation-Id") == "" {
		c.t.Errorf("%s %s: no correlation id", method, path)
	}
	if strings.Contains(path, "/templates/") {
		return map[string]any{"text": string(answer)}
	}
	out := decode(c.t, answer)
	if status >= 400 {
		for _, f := range []string{"message", "code", "status", "contextId", "details", "errors"} {
			if out[f] == nil {
				c.t.Errorf("%s %s: the error has no %s: %s", method, path, f, answer)
			}
		}
		if len(code) > 0 && out["code"] != code[0] {
			c.t.Errorf("%s %s: code %v, want %s", method, path, out["code"], code[0])
		}
	}
	return out
}

type m = map[string]any

func (c *client) home() string {
	return c.do("GET", "/api/v2/authorization/divisions/home", nil, 200)["id"].(string)
}

func id(o m) string { return o["id"].(string) }

func entities(o m) []any { return o["entities"].([]any) }

// upload sends a script as Genesys' own provider does.
func (c *client) upload(name, file string) string {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "x.script")
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err == nil {
		err = w.WriteField("scriptName", name)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+"/uploads/v2/scripter", &b)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+c.token)
	status, _, data := c.send(req)
	if status != 200 {
		c.t.Fatalf("upload: %d %s", status, data)
	}
	return decode(c.t, data)["correlationId"].(string)
}

// publish runs a flow job and gives it as it ended.
func (c *client) publish(yaml string) m {
	c.t.Helper()
	job := c.do("POST", "/api/v2/flows/jobs", nil, 200)
	put := func(header bool, bearer string) int {
		req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPut, job["presignedUrl"].(string), strings.NewReader(yaml))
		if err != nil {
			c.t.Fatal(err)
		}
		for k, v := range job["headers"].(m) {
			if header {
				req.Header.Set(k, v.(string))
			}
		}
		if bearer != "" {
			req.Header.Set("Authorization", bearer)
		}
		status, _, _ := c.send(req)
		return status
	}
	if s := put(false, ""); s != 403 {
		c.t.Errorf("an upload without the headers: %d", s)
	}
	if s := put(true, "Bearer "+c.token); s != 400 {
		c.t.Errorf("an upload with the bearer token: %d", s)
	}
	if s := put(true, ""); s != 200 {
		c.t.Errorf("upload: %d", s)
	}
	return c.do("GET", "/api/v2/flows/jobs/"+id(job)+"?expand=messages", nil, 200)
}
