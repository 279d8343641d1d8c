package transport_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// What net/http says of an answer that is none is said in our words.
func TestOddAnswersInOurWords(t *testing.T) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/9 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: odd\r\n\r\n", "SSH-2.0-x\r\n",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				c.Read(make([]byte, 4096)) //nolint:errcheck // whatever it is
				io.WriteString(c, answer)  //nolint:errcheck // as far as it goes
				c.Close()                  //nolint:errcheck // it is over
			}
		}()
		_, err = transport.NewClient(transport.ClientOptions{}).Get("http://" + l.Addr().String()) //nolint:bodyclose // there is none
		l.Close()                                                                                  //nolint:errcheck // the test goes on
		if err == nil || !regexp.MustCompile("no HTTP answer|broke off").MatchString(err.Error()) || regexp.MustCompile("malformed|chunk|MIME|EOF|broken:").MatchString(err.Error()) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	req, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer a\nb")
	if _, err = transport.NewClient(transport.ClientOptions{}).Do(req); err == nil || !strings.Contains(err.Error(), "was not sent") || strings.Contains(err.Error(), "invalid header") { //nolint:bodyclose // there is none
		t.Error(err)
	}
}

// When the time runs out between attempts, what came of the last one is told.
func TestTheLastAnswerIsTold(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "soon")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = transport.NewClient(transport.ClientOptions{Retries: 9}).Do(req) //nolint:bodyclose // there is none
	if err == nil || !strings.Contains(err.Error(), "the time ran out before another attempt; the last one: 429 Too Many Requests") {
		t.Error(err)
	}
}
