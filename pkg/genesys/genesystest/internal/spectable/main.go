// Command spectable distils Genesys' published API description, which lies at the root of
// the SDK module, to the operations that the emulator serves: parameters, bodies and the
// permissions that each needs. Only its output is part of the project.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const sdk = "github.com/mypurecloud/platform-client-sdk-go/v150"

// prefixes are the paths that the emulator serves; all methods below them are kept, so
// that a method which exists but is not emulated is told apart from one that does not.
var prefixes = []string{
	"/api/v2/tokens/me",
	"/api/v2/organizations/me",
	"/api/v2/organizations/limits/namespaces/{namespaceName}",
	"/api/v2/authorization/subjects/me",
	"/api/v2/authorization/subjects/{subjectId}/divisions/{divisionId}/roles/{roleId}",
	"/api/v2/authorization/subjects/{subjectId}",
	"/api/v2/authorization/divisionspermitted/paged/me",
	"/api/v2/authorization/permissions",
	"/api/v2/authorization/products",
	"/api/v2/authorization/roles",
	"/api/v2/authorization/divisions",
	"/api/v2/oauth/clients",
	"/api/v2/integrations",
	"/api/v2/flows/datatables",
	"/api/v2/flows/jobs",
	"/api/v2/flows",
	"/api/v2/routing/skills",
	"/api/v2/routing/queues",
	"/api/v2/users",
	"/api/v2/scripts",
	"/api/v2/architect/ivrs",
	"/api/v2/architect/dependencytracking/consumingresources",
	"/api/v2/architect/schedulegroups",
	"/api/v2/architect/schedules",
	"/api/v2/architect/emergencygroups",
	"/api/v2/telephony/providers/edges/didpools/dids",
	"/api/v2/telephony/providers/edges/dids",
	"/api/v2/analytics/actions/aggregates/query",
}

// notBelow are paths under a kept prefix that the emulator has no use for.
var notBelow = []string{
	"/api/v2/integrations/botconnector", "/api/v2/integrations/speech", "/api/v2/integrations/actions/functions",
	"/api/v2/integrations/unifiedcommunications", "/api/v2/integrations/clientapps", "/api/v2/integrations/userapps",
	"/api/v2/routing/queues/{queueId}/", "/api/v2/users/", "/api/v2/flows/datatables/{datatableId}/",
	"/api/v2/flows/milestones", "/api/v2/flows/outcomes", "/api/v2/flows/instances", "/api/v2/flows/executions",
	"/api/v2/flows/export", "/api/v2/flows/divisionviews", "/api/v2/integrations/eventlog",
}

// keep wins over notBelow.
var keep = []string{
	"/api/v2/routing/queues/{queueId}/members", "/api/v2/flows/datatables/{datatableId}/rows",
	"/api/v2/flows/datatables/{datatableId}/rows/{rowId}", "/api/v2/users/{userId}/routingskills",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "spectable:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", sdk).Output()
	if err != nil {
		return fmt.Errorf("find the SDK module: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "swagger.json"))
	if err != nil {
		return err
	}
	var doc struct {
		Info        struct{ Version string }
		Paths       map[string]map[string]operation
		Definitions map[string]any
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return err
	}
	out := table{Version: doc.Info.Version, Definitions: map[string]any{}}
	for path, methods := range doc.Paths {
		if !wanted(path) {
			continue
		}
		for method, op := range methods {
			o := entry{Method: strings.ToUpper(method), Path: path, Permissions: op.Permissions.Permissions, Any: op.Permissions.Type == "ANY"}
			for _, p := range op.Parameters {
				switch p.In {
				case "query":
					o.Query = append(o.Query, query{p.Name, p.Type, p.Required})
				case "body":
					o.Body, o.BodyRequired = p.Schema, p.Required
					collect(p.Schema, doc.Definitions, out.Definitions)
				}
			}
			slices.SortFunc(o.Query, func(a, b query) int { return strings.Compare(a.Name, b.Name) })
			out.Operations = append(out.Operations, o)
		}
	}
	slices.SortFunc(out.Operations, func(a, b entry) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	if len(out.Operations) == 0 {
		return fmt.Errorf("no operation found in %d paths", len(doc.Paths))
	}
	js, err := json.Marshal(out)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(js); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d operations, %d definitions, %d bytes\n", len(out.Operations), len(out.Definitions), b.Len())
	return os.WriteFile("spec.json.gz", b.Bytes(), 0o644)
}

func wanted(path string) bool {
	if slices.Contains(keep, path) {
		return true
	}
	for _, n := range notBelow {
		if strings.HasPrefix(path, n) {
			return false
		}
	}
	return slices.ContainsFunc(prefixes, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

type operation struct {
	Parameters []struct {
		In, Name, Type string
		Required       bool
		Schema         any
	}
	Permissions struct {
		Type        string
		Permissions []string
	} `json:"x-inin-requires-permissions"`
}

// The table as the emulator reads it.
type table struct {
	Version     string         `json:"version"`
	Operations  []entry        `json:"operations"`
	Definitions map[string]any `json:"definitions"`
}

type entry struct {
	Method       string   `json:"method"`
	Path         string   `json:"path"`
	Query        []query  `json:"query,omitempty"`
	Body         any      `json:"body,omitempty"`
	BodyRequired bool     `json:"bodyRequired,omitempty"`
	Permissions  []string `json:"permissions,omitempty"`
	Any          bool     `json:"any,omitempty"`
}

type query struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required,omitempty"`
}

const refPrefix = "#/definitions/"

// collect copies every definition that a schema refers to, without prose.
func collect(schema any, from, to map[string]any) {
	switch s := schema.(type) {
	case map[string]any:
		if ref, ok := s["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, refPrefix)
			if _, done := to[name]; !done {
				def := plain(from[name])
				to[name] = def
				collect(def, from, to)
			}
		}
		for _, v := range s {
			collect(v, from, to)
		}
	case []any:
		for _, v := range s {
			collect(v, from, to)
		}
	}
}

// plain drops prose and vendor extensions from a definition. Below "properties" every key
// is a name and stays.
func plain(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, x := range m {
		switch {
		case k == "description" && isText(x), k == "example", k == "title" && isText(x), strings.HasPrefix(k, "x-"):
		case k == "properties":
			props := map[string]any{}
			for n, p := range x.(map[string]any) {
				props[n] = plain(p)
			}
			out[k] = props
		default:
			out[k] = plain(x)
		}
	}
	return out
}

func isText(v any) bool { _, ok := v.(string); return ok }
