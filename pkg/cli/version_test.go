package cli

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/dealroute/dealroute/pkg/view"
)

// What each way of building leaves in the binary, as "go version -m" shows it, and what is said of it.
func TestVersionOfEachBuild(t *testing.T) {
	const rev = "0123456789abcdef0123456789abcdef01234567"
	sdk := &debug.Module{Path: "github.com/mypurecloud/platform-client-sdk-go/v150", Version: "v150.0.0"}
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: rev}, {Key: "vcs.time", Value: "2026-11-30T10:32:06+02:00"}, {Key: "vcs.modified", Value: modified}}
	}
	first := func(version string) string {
		return "dealroute " + version + " (" + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")\n"
	}
	for name, c := range map[string]struct {
		stamped string
		bi      *debug.BuildInfo
		want    string
	}{
		"release": {
			"v1.2.3", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: vcs("false"), Deps: []*debug.Module{sdk}},
			first("v1.2.3") + "commit  " + rev + " of 2026-11-30T08:32:06Z\nsdk     platform-client-sdk-go v150.0.0\n",
		},
		"go build with changes": {
			"", &debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20261130083206-0123456789ab+dirty"}, Settings: vcs("true"), Deps: []*debug.Module{sdk}},
			first("v0.0.0-20261130083206-0123456789ab+dirty") + "commit  " + rev + "-dirty of 2026-11-30T08:32:06Z\nsdk     platform-client-sdk-go v150.0.0\n",
		},
		"go install of a release": {
			"", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3", Sum: "h1:x"}, Deps: []*debug.Module{sdk}},
			first("v1.2.3") + "commit  that of the tag v1.2.3: built from the published module\nsdk     platform-client-sdk-go v150.0.0\n",
		},
		"go install of a commit": {
			"", &debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20261130083206-0123456789ab", Sum: "h1:x"}, Deps: []*debug.Module{sdk}},
			first("v0.0.0-20261130083206-0123456789ab") + "commit  0123456789ab of 2026-11-30T08:32:06Z\nsdk     platform-client-sdk-go v150.0.0\n",
		},
		"-buildvcs=false": {
			"", &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Deps: []*debug.Module{{Path: sdk.Path, Version: sdk.Version, Replace: &debug.Module{Path: "../sdk"}}}},
			first("devel") + "commit  not recorded: built outside of its repository, or with -buildvcs=false\nsdk     platform-client-sdk-go ../sdk instead of v150.0.0\n",
		},
		"nothing": {
			"", nil,
			first("devel") + "commit  not recorded: the build had no information on itself\nsdk     of a version that the build did not record\n",
		},
	} {
		var out bytes.Buffer
		if err := view.PrintVersion(&out, versionOf(c.stamped, c.bi)); err != nil || out.String() != c.want {
			t.Errorf("%s: %v\n%swant\n%s", name, err, out.String(), c.want)
		}
	}
}
