package cli

import (
	"cmp"
	"context"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
	"golang.org/x/mod/module"
)

func newVersionCmd(env *Env, run func(context.Context, session) error) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Long: `Print the version of this program, the commit it was built from and its date, the version of Go
that built it, the platform, and the version of Genesys' SDK in it. With --version the first line.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), env.session()) },
	}
}

func runVersion(_ context.Context, env session) error {
	return env.printVersion(view.PrintVersion)
}

func runVersionLine(_ context.Context, env session) error {
	return env.printVersion(view.PrintVersionLine)
}

func (s session) printVersion(text func(io.Writer, view.Version) error) error {
	bi, _ := debug.ReadBuildInfo()
	v := versionOf(s.Version, bi)
	if s.settings.json {
		return view.JSON(s.IO.Out, v)
	}
	return text(s.IO.Out, v)
}

// version is what the release build set, else what the module system knows.
func (e *Env) version() string {
	bi, _ := debug.ReadBuildInfo()
	return versionOf(e.Version, bi).Version
}

// versionOf reads what the build recorded (nil: nothing). stamped is the version that the linker was
// given: packages are built with one, so that they say the same as their names.
//
// The commit is in the binary of whoever builds inside a repository; not after "go install …@version",
// whose sources come from a module proxy: there the version names it, or is a release.
func versionOf(stamped string, bi *debug.BuildInfo) view.Version {
	v := view.Version{
		Schema: view.Schema, Version: cmp.Or(stamped, "devel"), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		NoCommit: "not recorded: the build had no information on itself",
	}
	if bi == nil {
		return v
	}
	if known := bi.Main.Version; stamped == "" && known != "" && known != "(devel)" {
		v.Version = known
	}
	set := map[string]string{}
	for _, s := range bi.Settings {
		set[s.Key] = s.Value
	}
	rev, err := module.PseudoVersionRev(bi.Main.Version)
	switch commit := set["vcs.revision"]; {
	case commit != "":
		if set["vcs.modified"] == "true" {
			commit += "-dirty"
		}
		v.Commit = &commit
		if t, err := time.Parse(time.RFC3339, set["vcs.time"]); err == nil {
			v.Date = new(t.UTC().Format(time.RFC3339))
		}
	case err == nil:
		v.Commit = &rev
		if t, err := module.PseudoVersionTime(bi.Main.Version); err == nil {
			v.Date = new(t.UTC().Format(time.RFC3339))
		}
	case bi.Main.Sum != "":
		v.NoCommit = "that of the tag " + bi.Main.Version + ": built from the published module"
	default:
		v.NoCommit = "not recorded: built outside of its repository, or with -buildvcs=false"
	}
	for _, d := range bi.Deps {
		if !strings.HasPrefix(d.Path, sdkModule) {
			continue
		}
		sdk := d.Version
		if d.Replace != nil {
			sdk = strings.Join(strings.Fields(d.Replace.Path+" "+d.Replace.Version+" instead of "+d.Version), " ")
		}
		v.SDK = &sdk
	}
	return v
}

// sdkModule begins the path of Genesys' SDK, which goes on with the major version.
const sdkModule = "github.com/mypurecloud/platform-client-sdk-go/"
