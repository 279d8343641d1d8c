package genesystest

import (
	"net/url"
	"strings"
	"testing"
)

func TestSpecFindsOperations(t *testing.T) {
	s, err := loadSpec()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path, want, params string }{
		{"GET", "/api/v2/flows/datatables/t1/rows/a%2Fb", "/api/v2/flows/datatables/{datatableId}/rows/{rowId}", "t1|a/b"},
		{"GET", "/api/v2/integrations/actions/drafts", "/api/v2/integrations/actions/drafts", ""},
		{"GET", "/api/v2/integrations/actions/custom_-_1", "/api/v2/integrations/actions/{actionId}", "custom_-_1"},
		{"POST", "/api/v2/flows/export/jobs", "/api/v2/flows/export/jobs", ""},
		{"POST", "/api/v2/dataactions", "", ""},
	} {
		o, params, _ := s.find(c.method, c.path)
		got := ""
		if o != nil {
			got = o.Path
		}
		if got != c.want || strings.Join(params, "|") != c.params {
			t.Errorf("%s %s: %q %v", c.method, c.path, got, params)
		}
	}
	if o, _, methods := s.find("PATCH", "/api/v2/routing/skills"); o != nil || len(methods) != 2 {
		t.Errorf("a wrong method: %v %v", o, methods)
	}
}

func TestSpecRefusesWhatIsNotDescribed(t *testing.T) {
	s, err := loadSpec()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path, query, body, want string }{
		{"POST", "/api/v2/routing/queues", "", `{"name":"Sales"}`, ""},
		{"POST", "/api/v2/routing/queues", "", `{"nmae":"Sales"}`, "nmae"},
		{"POST", "/api/v2/routing/queues", "", `{"name":7}`, "/name"},
		{"POST", "/api/v2/routing/queues", "", ``, "body is missing"},
		{"POST", "/api/v2/routing/queues", "", `{`, "no JSON"},
		{"GET", "/api/v2/routing/skills", "name=a&pageSize=100", ``, ""},
		{"GET", "/api/v2/routing/skills", "nme=a", ``, `did you mean "name"`},
		{"GET", "/api/v2/routing/skills", "pageSize=many", ``, "no integer"},
	} {
		o, _, _ := s.find(c.method, c.path)
		if o == nil {
			t.Fatalf("no operation %s %s", c.method, c.path)
		}
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.check(o, q, []byte(c.body))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %s?%s %s: %v", c.method, c.path, c.query, c.body, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %s?%s %s: %v, want %q", c.method, c.path, c.query, c.body, err, c.want)
		}
	}
}
