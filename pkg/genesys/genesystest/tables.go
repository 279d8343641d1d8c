package genesystest

import (
	"maps"
	"net/http"
	"strings"
)

func tableHandlers() map[string]handler {
	const row = "/api/v2/flows/datatables/{datatableId}/rows/{rowId}"
	return map[string]handler{
		"GET /api/v2/flows/datatables":                     (*call).tableList,
		"POST /api/v2/flows/datatables":                    (*call).tableCreate,
		"GET /api/v2/flows/datatables/{datatableId}":       (*call).tableGet,
		"PUT /api/v2/flows/datatables/{datatableId}":       (*call).tableUpdate,
		"DELETE /api/v2/flows/datatables/{datatableId}":    (*call).tableDelete,
		"GET /api/v2/flows/datatables/{datatableId}/rows":  (*call).rowList,
		"POST /api/v2/flows/datatables/{datatableId}/rows": (*call).rowCreate,
		"GET " + row:    (*call).rowGet,
		"PUT " + row:    (*call).rowUpdate,
		"DELETE " + row: (*call).rowDelete,
	}
}

// tableView leaves the schema out unless it is asked for.
func (c *call) tableView(e *entity) map[string]any {
	out := clone(e.Body)
	if !strings.Contains(c.query("expand"), "schema") {
		delete(out, "schema")
	}
	return out
}

func (c *call) tableList() (int, any, error) {
	var es []*entity
	for _, e := range c.listed(tables) {
		if matches(e.name(), c.query("name"), exactly) {
			es = append(es, e)
		}
	}
	return ok(c.page(bodies(sortByName(es), c.tableView)))
}

func columns(table map[string]any) map[string]any {
	return object(object(table["schema"])["properties"])
}

func checkSchema(body map[string]any) error {
	cols := columns(body)
	if object(cols["key"])["type"] != "string" {
		return failed(http.StatusBadRequest, "flows.datatables.schema.exception", "The schema needs a string column named key")
	}
	for name, c := range cols {
		switch object(c)["type"] {
		case "string", "integer", "number", "boolean":
		default:
			return failed(http.StatusBadRequest, "flows.datatables.schema.exception", "Column %s has a type that tables do not have", name)
		}
	}
	if len(cols) > 50 {
		return failed(http.StatusBadRequest, "flows.datatables.too.many.properties", "A table has at most 50 columns")
	}
	return nil
}

func (c *call) tableCreate() (int, any, error) {
	if err := checkSchema(c.body); err != nil {
		return 0, nil, err
	}
	name := str(c.body["name"])
	if name == "" || strings.ContainsAny(name, `/\`) || len(name) > 256 {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "Table name %q is not allowed", name)
	}
	if len(c.s.state.byName(tables, name)) > 0 {
		return 0, nil, failed(http.StatusConflict, "flows.datatables.not.unique", "A table named %s exists", name)
	}
	if err := c.room(tables); err != nil {
		return 0, nil, err
	}
	body := clone(c.body)
	if object(body["division"])["id"] == nil {
		home := c.s.state.home()
		body["division"] = map[string]any{"id": home.ID, "name": home.name()}
	}
	return ok(clone(c.create(tables, c.s.state.newID("table"), body).Body))
}

func (c *call) tableGet() (int, any, error) {
	e, err := c.read(tables, "data table", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	return ok(c.tableView(e))
}

// tableUpdate may only add columns.
func (c *call) tableUpdate() (int, any, error) {
	e, err := c.read(tables, "data table", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if err := checkSchema(c.body); err != nil {
		return 0, nil, err
	}
	for _, other := range c.s.state.byName(tables, str(c.body["name"])) {
		if other.ID != e.ID {
			return 0, nil, failed(http.StatusConflict, "flows.datatables.not.unique", "A table named %s exists", other.name())
		}
	}
	next := columns(c.body)
	for name, col := range columns(e.Body) {
		if next[name] == nil {
			return 0, nil, failed(http.StatusBadRequest, "flows.datatables.cannot.remove.fields", "Column %s cannot be removed", name)
		}
		if object(next[name])["type"] != object(col)["type"] {
			return 0, nil, failed(http.StatusBadRequest, "flows.datatables.schema.exception", "The type of column %s cannot change", name)
		}
	}
	division := e.Body["division"]
	e.Body = clone(c.body)
	e.Body["id"], e.Body["division"] = e.ID, division // a table is moved by a call of its own
	return ok(clone(e.Body))
}

func (c *call) tableDelete() (int, any, error) {
	e, err := c.read(tables, "data table", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	if c.query("force") != "true" && c.s.usedByFlow(e.name()) {
		return 0, nil, failed(http.StatusConflict, "flows.datatables.in.use", "Table %s is in use", e.name())
	}
	for id := range c.s.state.Entities[rows] {
		if strings.HasPrefix(id, e.ID+"/") {
			c.s.state.remove(rows, id)
		}
	}
	c.s.state.remove(tables, e.ID)
	return noContent()
}

func (c *call) rowList() (int, any, error) {
	if _, err := c.read(tables, "data table", c.params[0]); err != nil {
		return 0, nil, err
	}
	var out []any
	for _, e := range c.s.state.all(rows) {
		if !strings.HasPrefix(e.ID, c.params[0]+"/") {
			continue
		}
		if c.query("showbrief") == "false" {
			out = append(out, clone(e.Body))
			continue
		}
		out = append(out, map[string]any{"key": e.Body["key"]})
	}
	return ok(c.page(out))
}

// checkRow gives the row with the defaults of the columns that it leaves out.
func (c *call) checkRow(table *entity) (map[string]any, error) {
	cols := columns(table.Body)
	out := map[string]any{}
	for name, col := range cols {
		m := object(col)
		if d, has := m["default"]; has {
			out[name] = d
			continue
		}
		out[name] = map[any]any{"string": "", "integer": 0, "number": 0, "boolean": false}[m["type"]]
	}
	for name, v := range c.body {
		col := object(cols[name])
		if col == nil {
			return nil, failed(http.StatusBadRequest, "flows.datatables.syntax.error", "Column %s does not exist", name)
		}
		fitting := false
		switch x := v.(type) {
		case string:
			fitting = col["type"] == "string"
		case float64:
			fitting = col["type"] == "number" || col["type"] == "integer" && x == float64(int64(x))
		case bool:
			fitting = col["type"] == "boolean"
		}
		if !fitting {
			return nil, failed(http.StatusBadRequest, "flows.datatables.syntax.error", "The value of column %s is no %v", name, col["type"])
		}
	}
	maps.Copy(out, c.body)
	if key := str(out["key"]); key == "" || len(key) > 256 {
		return nil, failed(http.StatusBadRequest, "flows.datatables.syntax.error", "A key has 1 to 256 characters")
	}
	return out, nil
}

func (c *call) rowCreate() (int, any, error) {
	table, err := c.read(tables, "data table", c.params[0])
	if err != nil {
		return 0, nil, err
	}
	row, err := c.checkRow(table)
	if err != nil {
		return 0, nil, err
	}
	id := table.ID + "/" + str(row["key"])
	if c.s.state.get(rows, id) != nil {
		return 0, nil, failed(http.StatusConflict, "flows.datatables.not.unique", "A row with key %s exists", row["key"])
	}
	e := c.s.state.put(rows, id, row)
	return ok(clone(e.Body))
}

func (c *call) row() (*entity, error) {
	if _, err := c.read(tables, "data table", c.params[0]); err != nil {
		return nil, err
	}
	return c.read(rows, "row", c.params[0]+"/"+c.params[1])
}

func (c *call) rowGet() (int, any, error) {
	e, err := c.row()
	if err != nil {
		return 0, nil, err
	}
	if c.query("showbrief") == "true" {
		return ok(map[string]any{"key": e.Body["key"]})
	}
	return ok(clone(e.Body))
}

func (c *call) rowUpdate() (int, any, error) {
	e, err := c.row()
	if err != nil {
		return 0, nil, err
	}
	row, err := c.checkRow(c.s.state.get(tables, c.params[0]))
	if err != nil {
		return 0, nil, err
	}
	if str(row["key"]) != c.params[1] {
		return 0, nil, failed(http.StatusBadRequest, "bad.request", "The key of a row cannot change")
	}
	e.Body = row
	return ok(clone(e.Body))
}

func (c *call) rowDelete() (int, any, error) {
	e, err := c.row()
	if err != nil {
		return 0, nil, err
	}
	c.s.state.remove(rows, e.ID)
	return noContent()
}
