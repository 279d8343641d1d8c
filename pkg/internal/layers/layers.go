package layers

// A Layer is a line of the map: packages of one line may import all earlier lines, and
// earlier packages of their own line.
type Layer struct {
	Name     string
	Packages []string // below the module's path, in the order they may import each other
	Outside  bool     // may open sockets, read clocks, files and the environment
}

// Map is the project's layout from the bottom up.
func Map() []Layer {
	return []Layer{
		{"nouns", []string{"pkg/internal/pattern", "pkg/internal/recall", "pkg/phone", "pkg/diag", "pkg/words", "pkg/source", "pkg/secret", "pkg/hubspot", "pkg/genesys"}, false},
		{"files", []string{"templates", "examples", "docs"}, false},
		{"languages", []string{"pkg/velocity", "pkg/jsonpath", "pkg/architect/expr", "pkg/architect", "pkg/architect/check"}, false},
		{"meaning", []string{"pkg/dataaction", "pkg/terraform", "pkg/architect/interp", "pkg/architect/world", "pkg/routing", "pkg/deployment", "pkg/privacy", "pkg/blueprint", "pkg/starter"}, false},
		{"engines", []string{"pkg/plan", "pkg/reconcile", "pkg/simulate", "pkg/load", "pkg/prove", "pkg/validate", "pkg/doctor", "pkg/picture"}, false},
		{"adapters", []string{
			"pkg/internal/transport", "pkg/genesys/genesysrest", "pkg/hubspot/hubspotrest",
			"pkg/hubspot/hubspottest", "pkg/genesys/genesystest",
		}, true},
		{"surface", []string{"pkg/view", "pkg/report", "pkg/lab", "pkg/cli", "cmd/dealroute"}, true},
	}
}

// Support lists packages that only tests and generators import. They may use anything.
func Support() []string {
	return []string{
		"pkg/internal/layers", "pkg/internal/corpus", "pkg/internal/made", "pkg/internal/pages", "pkg/internal/reports",
		"pkg/internal/browser", "pkg/internal/seen",
	}
}

// OneUser lists outside packages that a single package of ours may import.
func OneUser() map[string]string {
	return map[string]string{
		"github.com/mypurecloud/platform-client-sdk-go/v150/platformclientv2": "pkg/genesys/genesysrest",
	}
}

// Inside lists what packages below the adapters do without: sockets, files, the
// environment, and the clock. Time, randomness and streams arrive as arguments.
func Inside() (imports []string, calls map[string][]string) {
	return []string{"net", "net/http", "net/http/httptest", "os", "os/exec", "os/signal", "syscall", "log"},
		map[string][]string{"time": {"Now", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "Since", "Until"}}
}
