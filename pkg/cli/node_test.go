package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/cli"
)

// The clients that the vendors publish for Node, in the versions that were tried.
const nodeClients = "purecloud-platform-client-v2@262.0.0 @hubspot/api-client@14.0.1"

// The vendors' own clients for Node work against a running sandbox. They are no part of the
// project: DEALROUTE_NODE_CLIENTS names a folder in which npm has installed them.
func TestNodeClients(t *testing.T) {
	dir := os.Getenv("DEALROUTE_NODE_CLIENTS")
	if dir == "" {
		t.Skipf("DEALROUTE_NODE_CLIENTS names no folder in which npm has installed %s", nodeClients)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	r, w := io.Pipe()
	var errs bytes.Buffer
	go func() {
		cli.Main(ctx, []string{"sandbox", "-f", basicFile, "-o", "json"}, newProgram(t).in(w, &errs))
		w.Close() //nolint:errcheck // a pipe in memory
	}()
	var info struct{ Genesys, HubSpot, Client, Secret, Key string }
	if err := json.NewDecoder(r).Decode(&info); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	go io.Copy(io.Discard, r) //nolint:errcheck // the final newline
	modules, err := filepath.Abs(filepath.Join(dir, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"genesys.cjs", "hubspot.cjs"} {
		cmd := exec.CommandContext(ctx, "node", filepath.Join("testdata", "node", script))
		cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "GENESYS="+info.Genesys, "HUBSPOT="+info.HubSpot, "CLIENT="+info.Client, "SECRET="+info.Secret, "KEY="+info.Key)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), " calls") {
			t.Errorf("%s: %v\n%s", script, err, out)
			continue
		}
		t.Logf("%s: %s", script, bytes.TrimSpace(out))
	}
}
