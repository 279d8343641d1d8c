package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// Patience says how somebody asks who has time, beside others who have not.
type Patience struct {
	Rate  rate.Limit                                 // requests a second
	Tries int                                        // of one request
	Pause func(context.Context, time.Duration) error // Pause, or a test's
	Lost  func(status int, err error)                // told of a request that was given up, or refused to whoever asks
}

// answersKept bounds the replies that Patient keeps.
const answersKept = 1000

// Patient asks where no caller waits: not more often than it may, again when it is refused by a
// limit or gets no answer, and the same only once. Replies take no time: how long somebody else
// takes today is not asked. It may be used by several goroutines.
func Patient(s dataaction.Sender, p Patience) dataaction.Sender {
	limiter := rate.NewLimiter(p.Rate, 1)
	var mu sync.Mutex
	known := map[[sha256.Size]byte]dataaction.Response{}
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		h := sha256.New()
		for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL), r.Body} { // none of the first two has a zero byte
			h.Write(append(part[:len(part):len(part)], 0)) //nolint:errcheck // a hash takes everything
		}
		key := [sha256.Size]byte(h.Sum(nil))
		mu.Lock()
		reply, ok := known[key]
		mu.Unlock()
		if ok {
			reply.Body = bytes.Clone(reply.Body)
			return reply, nil
		}
		for try := 1; ; try++ {
			if err := p.Pause(ctx, limiter.Reserve().Delay()); err != nil {
				return dataaction.Response{}, err
			}
			reply, err := s.Send(ctx, r)
			reply.Latency = 0
			passing := reply.Status == http.StatusTooManyRequests || reply.Status >= http.StatusInternalServerError || err != nil && !Unsent(err)
			if !passing || try >= p.Tries || ctx.Err() != nil {
				switch {
				case ctx.Err() != nil:
				case passing, err != nil, reply.Status == http.StatusUnauthorized, reply.Status == http.StatusForbidden:
					p.Lost(reply.Status, err)
				case reply.Status < http.StatusBadRequest:
					mu.Lock()
					if len(known) >= answersKept {
						clear(known)
					}
					known[key] = dataaction.Response{Status: reply.Status, Header: reply.Header, Body: bytes.Clone(reply.Body)}
					mu.Unlock()
				}
				return reply, err
			}
			wait, asked := RetryAfter(reply.Header, time.Now())
			if !asked {
				wait = time.Duration(try) * time.Second // the limits of HubSpot are of a second, and of ten
			}
			if err := p.Pause(ctx, min(wait, 30*time.Second)); err != nil {
				return dataaction.Response{}, err
			}
		}
	})
}
