package transport

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/privacy"
)

// Contained is a handler whose panics end a request and not the program: each is logged, with the word for
// who panicked, and answered. Locks that the handler gives back by defer are not left behind.
func Contained(h http.Handler, log *slog.Logger, who string, answer func(http.ResponseWriter)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
				panic(p)
			}
			log.Error("a request made the "+who+" panic", "method", r.Method, "path", phone.MaskIn(r.URL.Path), "panic", privacy.Said(fmt.Sprint(p)), "stack", string(debug.Stack()))
			answer(w)
		}()
		h.ServeHTTP(w, r)
	})
}
