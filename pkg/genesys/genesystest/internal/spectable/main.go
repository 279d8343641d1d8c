// Command spectable distils Genesys' published API description, which lies at the root of
// the SDK module: every path with its methods and the permissions that each needs, and of
// what the emulator serves the parameters, bodies and answers too. Only its output is part
// of the project.
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

	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
)

const sdk = "github.com/mypurecloud/platform-client-sdk-go/v150"

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
	served := genesystest.Served()
	collect(map[string]any{"$ref": refPrefix + "ErrorBody"}, doc.Definitions, out.Definitions)
	for path, methods := range doc.Paths {
		for method, op := range methods {
			o := entry{Method: strings.ToUpper(method), Path: path, Permissions: op.Permissions.Permissions, Any: op.Permissions.Type == "ANY"}
			out.Operations = append(out.Operations, o)
			if !slices.Contains(served, o.Method+" "+path) {
				continue
			}
			last := &out.Operations[len(out.Operations)-1]
			last.Answers = map[string]any{}
			for status, answer := range op.Responses {
				if status == "default" || strings.HasPrefix(status, "2") {
					last.Answers[status] = plain(answer.Schema)
					collect(answer.Schema, doc.Definitions, out.Definitions)
				}
			}
			for _, p := range op.Parameters {
				switch p.In {
				case "query":
					last.Query = append(last.Query, query{p.Name, p.Type, p.Required})
				case "body":
					last.Body, last.BodyRequired = p.Schema, p.Required
					collect(p.Schema, doc.Definitions, out.Definitions)
				}
			}
			slices.SortFunc(last.Query, func(a, b query) int { return strings.Compare(a.Name, b.Name) })
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

type operation struct {
	Parameters []struct {
		In, Name, Type string
		Required       bool
		Schema         any
	}
	Responses   map[string]struct{ Schema any }
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

	Answers map[string]any `json:"answers,omitempty"` // schemas by status
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
		case k == "format" && x == "uri": // the platform's own are paths without a host
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
