package transport

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// MaskURL is the part of an address that may be written down: no user, no values of the query,
// no phone number in the path.
func MaskURL(u *url.URL) string {
	var b strings.Builder
	if u.Host != "" {
		b.WriteString(u.Scheme + "://" + u.Host)
	}
	b.WriteString(phone.MaskIn(u.EscapedPath()))
	sep := "?"
	for _, pair := range strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' }) {
		name, _, _ := strings.Cut(pair, "=")
		b.WriteString(sep + phone.MaskIn(name) + "=•")
		sep = "&"
	}
	return b.String()
}

// Bare takes the address off an error of net/http: it may hold a phone number. The end of the
// command stands in it in words.
func Bare(err error) error {
	for {
		var u *url.Error
		if !errors.As(err, &u) {
			return inWords(err)
		}
		err = u.Err
	}
}

// An endedError is the error of a context, which says little to people.
type endedError struct {
	cause error
	last  string // what came of the attempts before; empty: nothing
}

func (e endedError) Error() string {
	if errors.Is(e.cause, context.Canceled) {
		return "interrupted before an answer came"
	}
	if e.last != "" {
		return "the time ran out before another attempt; the last one: " + e.last
	}
	return "the time ran out before an answer came"
}

func (e endedError) Unwrap() error { return e.cause }

func inWords(err error) error {
	var already endedError
	if odd := oddity(err); odd != "" {
		return oddError{odd, err}
	}
	if err == nil || errors.As(err, &already) || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return endedError{cause: err}
}

// An oddError says in our words what net/http says in its own.
type oddError struct {
	words string
	cause error
}

func (e oddError) Error() string { return e.words }
func (e oddError) Unwrap() error { return e.cause }

// oddity is empty for an error that says itself what happened. net/http has no types for these.
func oddity(err error) string {
	var already oddError
	if err == nil || errors.As(err, &already) {
		return ""
	}
	text := err.Error()
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
	}
	switch {
	case has("invalid header field value", "invalid header field name"):
		return "a header of the request has a character that none may have, and it was not sent: check the key or token for line ends and blanks"
	case has("malformed HTTP", "malformed MIME", "in chunk", "chunked line", "malformed chunked", "chunked encoding", "transport connection broken", "bad Content-Length", "unsupported transfer encoding"):
		return "what came is no HTTP answer: check the address and a proxy on the way"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer broke off before its end"
	}
	return ""
}

// A maskedError prints its reason without what a server said of a person.
type maskedError struct{ reason error }

func (e maskedError) Error() string { return privacy.Said(e.reason.Error()) }
func (e maskedError) Unwrap() error { return e.reason }

func describe(r dataaction.Request) string {
	s := r.Method
	if u, err := url.Parse(r.URL); err == nil {
		s += " " + MaskURL(u)
	}
	return s
}

// Correlation finds the id by which the vendor's support finds the request again.
func Correlation(h http.Header) string {
	for _, name := range []string{"X-HubSpot-Correlation-Id", "ININ-Correlation-Id"} {
		if v := h.Get(name); v != "" {
			return privacy.Said(v)
		}
	}
	return ""
}

// LogSender writes a line for each exchange at debug level: never a body, a header's value, a
// query's value or a number.
func LogSender(s dataaction.Sender, log *slog.Logger) dataaction.Sender {
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		resp, err := s.Send(ctx, r)
		attrs := []slog.Attr{
			slog.String("action", r.Action),
			slog.String("request", describe(r)),
			slog.Int("status", resp.Status),
			slog.Duration("latency", resp.Latency),
			slog.String("correlation", Correlation(resp.Header)),
		}
		if err != nil {
			attrs = append(attrs, slog.String("error", privacy.Said(Bare(err).Error())))
		}
		log.LogAttrs(ctx, slog.LevelDebug, "data action request", attrs...)
		return resp, err
	})
}

// LogRequests is LogSender for an http.Client.
func LogRequests(rt http.RoundTripper, log *slog.Logger) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		start := time.Now()
		resp, err := rt.RoundTrip(r)
		attrs := []slog.Attr{
			slog.String("request", r.Method+" "+MaskURL(r.URL)),
			slog.Duration("latency", time.Since(start)),
		}
		if err != nil {
			attrs = append(attrs, slog.String("error", privacy.Said(Bare(err).Error())))
		} else {
			attrs = append(attrs, slog.Int("status", resp.StatusCode), slog.String("correlation", Correlation(resp.Header)))
		}
		log.LogAttrs(r.Context(), slog.LevelDebug, "request", attrs...)
		return resp, err
	})
}
