// Command dealroute makes Genesys Cloud CX route inbound calls by what HubSpot knows of
// the caller. See README.md for the shortest way in.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/dealroute/dealroute/pkg/cli"
)

// version is set by the release build.
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second one ends the program at once
	code := cli.Main(ctx, os.Args[1:], cli.OSEnv(version))
	stop()
	os.Exit(code)
}
