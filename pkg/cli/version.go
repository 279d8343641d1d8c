package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

func newVersionCmd(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := view.Version{Schema: view.Schema, Version: version(env), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if env.settings.json() {
				return view.JSON(env.IO.Out, v)
			}
			return view.PrintVersion(env.IO.Out, v)
		},
	}
}

// version is what the release build set, else what the module system knows.
func version(env *Env) string {
	if env.Version != "" {
		return env.Version
	}
	if bi, ok := debug.ReadBuildInfo(); ok {
		return cmp.Or(bi.Main.Version, "devel")
	}
	return "devel"
}
