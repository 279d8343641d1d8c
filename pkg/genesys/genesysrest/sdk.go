package genesysrest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2"
)

// An operation calls one operation of the SDK. Its body, when there is one, has the fields
// of the operation's type.
type operation func(a apis, b *body) error

// apis gives the parts of the SDK that this package calls. It makes them when they are asked
// for: fields of these types in anything that ever becomes an interface value would keep all
// their 570 methods and the types of those in the binary, which is 5.5 MB.
type apis struct {
	sdk *platformclientv2.Configuration
}

func (a apis) analytics() platformclientv2.AnalyticsApi {
	return platformclientv2.AnalyticsApi{Configuration: a.sdk}
}

func (a apis) architect() platformclientv2.ArchitectApi {
	return platformclientv2.ArchitectApi{Configuration: a.sdk}
}

func (a apis) auth() platformclientv2.AuthorizationApi {
	return platformclientv2.AuthorizationApi{Configuration: a.sdk}
}

func (a apis) integrations() platformclientv2.IntegrationsApi {
	return platformclientv2.IntegrationsApi{Configuration: a.sdk}
}

func (a apis) oauth() platformclientv2.OAuthApi {
	return platformclientv2.OAuthApi{Configuration: a.sdk}
}

func (a apis) routing() platformclientv2.RoutingApi {
	return platformclientv2.RoutingApi{Configuration: a.sdk}
}

func (a apis) scripts() platformclientv2.ScriptsApi {
	return platformclientv2.ScriptsApi{Configuration: a.sdk}
}

func (a apis) telephony() platformclientv2.TelephonyProvidersEdgeApi {
	return platformclientv2.TelephonyProvidersEdgeApi{Configuration: a.sdk}
}

func (a apis) tokens() platformclientv2.TokensApi {
	return platformclientv2.TokensApi{Configuration: a.sdk}
}

func (a apis) users() platformclientv2.UsersApi {
	return platformclientv2.UsersApi{Configuration: a.sdk}
}

// sent and done drop what an operation returns: an answer never reaches it.
func sent[T any](_ T, _ *platformclientv2.APIResponse, err error) error { return err }
func done(_ *platformclientv2.APIResponse, err error) error             { return err }

// A body is the body of a request, on its way through a type of the SDK or beside it.
type body struct {
	text []byte // JSON; nil for none
	ours why    // it goes beside the type
}

// as is the body in a type of the SDK. What the type has no room for is found when the
// request is written.
func as[T any](b *body) (t T) {
	_ = json.Unmarshal(b.text, &t)
	return t
}

// asIs stands for the body in a type of the SDK, and has the text itself sent.
func asIs[T any](b *body, because why) (t T) {
	b.ours = because
	return t
}

// A writer has the SDK write requests. One serves a client: writing takes microseconds and
// goes one at a time, because a configuration of the SDK belongs to one call.
type writer struct {
	mu   sync.Mutex
	apis apis
	got  *letter
}

// A letter is a request as the SDK writes it, not sent.
type letter struct {
	method string
	url    *url.URL
	header http.Header
	body   []byte
	label  string // instead of the path, of an address that the platform named
}

// name is the path as it may stand in an error.
func (l *letter) name() string {
	if l.label != "" {
		return l.label
	}
	if l.url == nil {
		return ""
	}
	return phone.MaskIn(l.url.EscapedPath())
}

// base is the one configuration that the SDK builds in a process. Building sets loggers of
// the whole package, which every call reads, so that building one beside a call is a data
// race; clients have copies.
var base = sync.OnceValue(func() *platformclientv2.Configuration {
	return platformclientv2.NewConfigurationWithConfigFile("", false)
})

var errNotSent = errors.New("taken from the SDK before it is sent")

func newWriter(api string) *writer {
	w := &writer{}
	sdk := *base()
	sdk.DefaultHeader, sdk.APIKey, sdk.APIKeyPrefix = map[string]string{}, map[string]string{}, map[string]string{}
	sdk.BasePath = api
	ended, end := context.WithCancelCause(context.Background())
	end(errNotSent)
	sdk.RetryConfiguration = &platformclientv2.RetryConfiguration{RequestLogHook: func(r *http.Request, _ int) {
		w.got = &letter{method: r.Method, url: r.URL, header: r.Header}
		if r.Body != nil {
			w.got.body, _ = io.ReadAll(r.Body) // it is in memory
		}
		// Without an address and with a context that has ended, the SDK's own client fails at once.
		*r = *r.WithContext(ended)
		r.URL, r.Body = nil, nil
	}}
	sdk.APIClient = platformclientv2.NewAPIClient(&sdk)
	w.apis = apis{&sdk}
	return w
}

// unasked are parameters that the SDK sends as false although nobody gave them, and whose
// absence means something else: no filter.
var unasked = []string{"hasPeer", "joined"}

// write has the SDK write the request of an operation. A body must come out of the SDK's type
// with all that went in, unless the operation sends it as it is.
func (w *writer) write(op operation, text []byte) (*letter, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = nil
	b := &body{text: text}
	err := op(w.apis, b)
	l := w.got
	switch {
	case l == nil && err != nil:
		return nil, fmt.Errorf("the SDK does not write the request: %w", err)
	case l == nil || l.url == nil:
		return nil, errors.New("the SDK writes no request: the address of the platform is not usable")
	}
	q := l.url.Query()
	for _, name := range unasked {
		q.Del(name)
	}
	l.url.RawQuery = q.Encode()
	if b.ours != "" {
		l.body = text
	} else if at := lost(text, l.body); text != nil && at != "" {
		return nil, fmt.Errorf("%s %s: the SDK's type for the body has no room for %s", l.method, l.name(), at)
	}
	return l, nil
}

// lost names the first field in which two bodies differ, empty when they say the same.
func lost(want, got []byte) string {
	var x, y any
	if decode(want, &x) != nil || decode(got, &y) != nil {
		return "any of it"
	}
	return differ(x, y, "")
}

// decode keeps numbers as they are written.
func decode(text []byte, v *any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}

func differ(want, got any, at string) string {
	switch x := want.(type) {
	case map[string]any:
		y, ok := got.(map[string]any)
		if !ok || len(x) < len(y) {
			return at + "/"
		}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			v, ok := y[k]
			if !ok {
				return at + "/" + k
			}
			if d := differ(x[k], v, at+"/"+k); d != "" {
				return d
			}
		}
		return ""
	case []any:
		y, ok := got.([]any)
		if !ok || len(x) != len(y) {
			return at + "/"
		}
		for i := range x {
			if d := differ(x[i], y[i], fmt.Sprintf("%s/%d", at, i)); d != "" {
				return d
			}
		}
		return ""
	}
	if want != got {
		return at
	}
	return ""
}
