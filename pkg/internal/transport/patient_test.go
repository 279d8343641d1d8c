package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// Who has time asks slowly, again after a refusal, and each thing once; what is given up is told.
func TestPatient(t *testing.T) {
	var asked []string
	var waited time.Duration
	var lost []string
	replies := map[string][]int{"/a": {429, 429, 200}, "/b": {200}, "/c": {500, 500, 500, 500}, "/d": {400}, "/e": {401}, "/f": {0, 200}}
	s := Patient(SenderFunc(func(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
		asked = append(asked, r.URL)
		next := replies[r.URL][0]
		if len(replies[r.URL]) > 1 {
			replies[r.URL] = replies[r.URL][1:]
		}
		if next == 0 {
			return dataaction.Response{Latency: time.Second}, errors.New("reset")
		}
		return dataaction.Response{Status: next, Body: []byte(r.URL), Latency: time.Second, Header: http.Header{"Retry-After": {"7"}}}, nil
	}), Patience{Rate: 2, Tries: 3, Pause: func(_ context.Context, d time.Duration) error {
		waited += d
		return nil
	}, Lost: func(status int, err error) { lost = append(lost, fmt.Sprint(status, err)) }})
	for _, c := range []struct {
		url  string
		want int
	}{{"/a", 200}, {"/a", 200}, {"/b", 200}, {"/c", 500}, {"/d", 400}, {"/d", 400}, {"/e", 401}, {"/f", 200}} {
		got, err := s.Send(context.Background(), dataaction.Request{Method: "POST", URL: c.url, Body: []byte("x")})
		if err != nil || got.Status != c.want || got.Latency != 0 || string(got.Body) != c.url {
			t.Errorf("%s: %+v %v", c.url, got, err)
		}
		if len(got.Body) > 0 {
			got.Body[0] = '!' // the caller's own
		}
	}
	if got := fmt.Sprint(asked); got != "[/a /a /a /b /c /c /c /d /d /e /f /f]" {
		t.Errorf("asked %s", got)
	}
	if got := fmt.Sprint(lost); got != "[500<nil> 401<nil>]" && got != "[500 <nil> 401 <nil>]" {
		t.Errorf("lost %q", lost)
	}
	// Four times seven seconds that were asked for, one second after the reset, and half a second a request.
	if least := 4*7*time.Second + time.Second + 5*time.Second; waited < least || waited > 2*least {
		t.Errorf("waited %v, not about %v", waited, least)
	}
	ctx, stop := context.WithCancel(context.Background())
	s = Patient(SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		stop()
		return dataaction.Response{Status: 429}, nil
	}), Patience{Rate: 100, Tries: 9, Pause: Pause, Lost: func(int, error) { t.Error("an interrupt is no loss") }})
	if got, err := s.Send(ctx, dataaction.Request{URL: "/"}); err == nil && got.Status != 429 {
		t.Errorf("%+v %v", got, err)
	}
}
