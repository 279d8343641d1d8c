package browser

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long one action may take: far more than any does, for machines that are busy.
const patience = 30 * time.Second

// A Browser is a running Chromium without a window, with a profile of its own, which reaches no other machine.
type Browser struct {
	ctx context.Context // chromedp keeps the browser in it
}

// Start starts a browser that has these letters, and ends it with the test.
func Start(t testing.TB, letters Letters) *Browser {
	t.Helper()
	path := Find(t)
	var env []string
	if letters != (Letters{}) {
		env = append(env, "FONTCONFIG_FILE="+letters.config(t))
	}
	var said bytes.Buffer
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")),
		chromedp.Env(env...),
		chromedp.CombinedOutput(&said),
		chromedp.DisableGPU,
		// It asks nobody on its own account, and finds nobody but this machine.
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE ::1"),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,InterestFeedContentSuggestions"),
		// It draws the same everywhere.
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("disable-lcd-text", true),
		chromedp.Flag("force-device-scale-factor", "1"),
		chromedp.Flag("hide-scrollbars", true),
	)
	if unboxed() {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &Browser{ctx: ctx}
	t.Cleanup(func() { b.end(t) })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s does not start: %v\n%s", path, err, said.String())
	}
	return b
}

// end lets the browser write what it holds before its folder is removed.
func (b *Browser) end(t testing.TB) {
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Cancel(ctx); err != nil {
		t.Logf("the browser did not end by itself: %v", err)
	}
}

// unboxed says whether the system lets this user have no sandbox: root never has one, and some systems keep user
// namespaces for programs they know by their path. Only pages of ours are opened.
func unboxed() bool {
	if os.Geteuid() == 0 {
		return true
	}
	said, err := os.ReadFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
	return err == nil && strings.TrimSpace(string(said)) == "1"
}
