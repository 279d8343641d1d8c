package cli

import (
	"cmp"
	"context"
	"runtime"
	"runtime/debug"

	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

func newVersionCmd(env *Env, run func(context.Context, session) error) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), env.session()) },
	}
}

func runVersion(_ context.Context, env session) error {
	v := view.Version{Schema: view.Schema, Version: env.version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if env.settings.json {
		return view.JSON(env.IO.Out, v)
	}
	return view.PrintVersion(env.IO.Out, v)
}

// version is what the release build set, else what the module system knows.
func (e *Env) version() string {
	if e.Version != "" {
		return e.Version
	}
	if bi, ok := debug.ReadBuildInfo(); ok {
		return cmp.Or(bi.Main.Version, "devel")
	}
	return "devel"
}
