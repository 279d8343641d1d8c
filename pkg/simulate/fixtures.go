package simulate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"go.yaml.in/yaml/v4"
)

// Fixtures are a CRM and the state of an org for simulated calls, as crm.yaml holds them.
type Fixtures struct {
	Version   int        `yaml:"version"`
	Now       *time.Time `yaml:"now"`
	CRM       `yaml:",inline"`
	Control   map[string]map[string]any `yaml:"control"` // rows of the control table by key
	Calls     map[string]CallFixture    `yaml:"calls"`   // by ANI as it is given on the command line
	Vanished  Vanished                  `yaml:"vanished"`
	Transfers Transfers                 `yaml:"transfers"`
}

// CRM is the HubSpot account of the fixtures.
type CRM = hubspot.CRM

// A CallFixture is what comes with a caller.
type CallFixture struct {
	Conversation map[string]string         `yaml:"conversation"` // data that an earlier leg of the conversation left
	ANI          string                    `yaml:"ani"`          // what the call really shows, when the key is a name
	DNIS         string                    `yaml:"dnis"`
	Vanished     Vanished                  `yaml:"vanished"`  // for this caller only
	Transfers    Transfers                 `yaml:"transfers"` // for this caller only
	Control      map[string]map[string]any `yaml:"control"`   // rows for this caller only
}

// Vanished lists what the deployment names and the org no longer has.
type Vanished struct {
	Queues []string `yaml:"queues"`
	Skills []string `yaml:"skills"`
}

// Transfers lists the queues to which a transfer fails.
type Transfers struct {
	Failing []string `yaml:"failing"`
}

// DecodeFixtures reads a fixtures file strictly.
func DecodeFixtures(file string, data []byte) (*Fixtures, diag.Findings) {
	f := &Fixtures{}
	if err := yaml.Load(data, f, yaml.WithKnownFields()); err != nil {
		return nil, loadFindings(file, err)
	}
	if f.Version != 1 {
		return nil, diag.Findings{{Message: fmt.Sprintf("version of the fixtures is %d, and this program knows 1", f.Version), Position: diag.Position{File: file, Line: 1, Column: 1}}}
	}
	return f, nil
}

// Texts of the YAML library, which name places of their own and Go types.
var (
	loadPlace   = regexp.MustCompile(`^go-yaml load error in \w+ .*?at L[0-9.CL-]+: `)
	loadUnknown = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
	loadMisfit  = regexp.MustCompile(`^cannot construct !!(\S+) (.*)into \S+$`)
)

// loadMessage says what is wrong in the words of a YAML file.
func loadMessage(err error) string {
	m := loadPlace.ReplaceAllString(err.Error(), "")
	m = loadUnknown.ReplaceAllString(m, `unknown key "$1"`)
	if p := loadMisfit.FindStringSubmatch(m); p != nil {
		what := map[string]string{"seq": "a list", "map": "a mapping", "str": "a text", "int": "a number", "float": "a number", "bool": "true or false"}[p[1]]
		if what != "" {
			m = strings.TrimSpace(what+" "+p[2]) + " does not belong here"
		}
	}
	return m
}

func loadFindings(file string, err error) diag.Findings {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	switch {
	case errors.As(err, &many):
		var out diag.Findings
		for _, e := range many.Errors {
			f := diag.Finding{Message: loadMessage(e), Position: diag.Position{File: file}}
			var le *yaml.LoadError
			if errors.As(e, &le) {
				f.Position.Line, f.Position.Column = le.Mark.Line, le.Mark.Column
			}
			out = append(out, f)
		}
		return out
	case errors.As(err, &one):
		return diag.Findings{{Message: loadMessage(one), Position: diag.Position{File: file, Line: one.Mark.Line, Column: one.Mark.Column}}}
	}
	return diag.Findings{{Message: err.Error(), Position: diag.Position{File: file}}}
}
