package prove_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
)

// actionMutants are all sets of data actions that differ from the rendered ones in one place.
func (s *subject) actionMutants() []mutant {
	var out []mutant
	for i, a := range s.b.Actions {
		w := &actionWalk{s: s, at: i, def: a.Definition, role: a.Role}
		w.reply()
		w.request()
		w.contract()
		out = append(out, w.out...)
	}
	return out
}

type actionWalk struct {
	s    *subject
	at   int // in the blueprint
	def  *dataaction.Definition
	role string
	out  []mutant
}

func (w *actionWalk) add(kind, what string, change func(*dataaction.Definition)) {
	w.out = append(w.out, mutant{kind: kind, where: "action: " + w.role, what: what, make: func() (*blueprint.Blueprint, error) {
		def := *w.def
		def.Response.TranslationMap, def.Response.Defaults = maps.Clone(def.Response.TranslationMap), maps.Clone(def.Response.Defaults)
		def.Request.Headers = maps.Clone(def.Request.Headers)
		change(&def)
		// what is judged is what an org would read
		read, found := dataaction.ParseExport(def.Name, def.Export())
		if err := found.Err(); err != nil {
			return nil, err
		}
		if err := dataaction.Check(read).Err(); err != nil {
			return nil, err
		}
		read.Category, read.TimeoutSeconds = def.Category, def.TimeoutSeconds
		b := *w.s.b
		b.Actions = slices.Clone(b.Actions)
		b.Actions[w.at].Definition = read
		return &b, nil
	}})
}

var (
	theProperty  = regexp.MustCompile(`@?[.]properties[.]([a-z_]+)`)
	theOperators = regexp.MustCompile(`!=|==|=~|&&|[|][|]`)
)

// reply changes paths, defaults and the success template.
func (w *actionWalk) reply() {
	paths := w.def.Response.TranslationMap
	names := slices.Sorted(maps.Keys(paths))
	for i, name := range names {
		path := paths[name]
		to := func(kind, what, path string) {
			if path != paths[name] {
				w.add(kind, name+": "+what, func(d *dataaction.Definition) { d.Response.TranslationMap[name] = path })
			}
		}
		to("path yields nothing", "$.nothing", "$.nothing")
		to("path yields nothing", "a filter that holds for none", "$.results[?(@.properties.nothing == 'x')].id")
		to("path reads all", "without its filter", regexp.MustCompile(`\[\?\(.*\)\]`).ReplaceAllString(path, "[*]"))
		to("path index", "[*] is [0]", strings.Replace(path, "[*]", "[0]", 1))
		to("path index", "[*] is [0:1]", strings.Replace(path, "[*]", "[0:1]", 1))
		to("path index", "[0:1] of the filtered", path+"[0:1]")
		for _, m := range theOperators.FindAllStringIndex(path, -1) {
			op := path[m[0]:m[1]]
			by := map[string]string{"!=": "==", "==": "!=", "=~": "!=", "&&": "||", "||": "&&"}[op]
			to("path operator", fmt.Sprint(op, " at ", m[0]), path[:m[0]]+by+path[m[1]:])
		}
		for _, m := range theProperty.FindAllStringSubmatchIndex(path, -1) {
			to("path of another property", path[m[2]:m[3]], path[:m[2]]+"createdate"+path[m[3]:])
		}
		for _, m := range regexp.MustCompile(`'(true|false|0)'`).FindAllStringSubmatchIndex(path, -1) {
			by := map[string]string{"true": "false", "false": "true", "0": "1"}[path[m[2]:m[3]]]
			to("path constant", path[m[2]:m[3]], path[:m[2]]+by+path[m[3]:])
		}
		for _, m := range regexp.MustCompile(`\{[0-9,]+\}|\[[0-9]+\]|\?/|[*+?]`).FindAllStringIndex(path, -1) {
			if strings.Contains(path, "=~") && strings.LastIndex(path[:m[0]], "=~") >= 0 {
				to("path pattern", path[m[0]:m[1]]+fmt.Sprint(" at ", m[0]), path[:m[0]]+strings.TrimPrefix(path[m[0]:m[1]], path[m[0]:m[0]+1])+path[m[1]:])
			}
		}
		if other := names[(i+1)%len(names)]; other != name {
			w.add("paths swapped", name+" and "+other, func(d *dataaction.Definition) {
				m := d.Response.TranslationMap
				m[name], m[other] = m[other], m[name]
			})
		}
		w.add("default dropped", name, func(d *dataaction.Definition) { delete(d.Response.Defaults, name) })
		for _, v := range []string{"-1", "0", "1", "[]", "null", `"x"`, `["1"]`} {
			if v != w.def.Response.Defaults[name] {
				w.add("default changed", name+" is "+v, func(d *dataaction.Definition) { d.Response.Defaults[name] = v })
			}
		}
	}
	// "name":${name} of the success template
	text := w.def.Response.SuccessTemplate
	into := func(kind, what, by string) {
		if by != text {
			w.add(kind, what, func(d *dataaction.Definition) { d.Response.SuccessTemplate = by })
		}
	}
	lines := strings.Split(text, ",\n")
	for i, line := range lines {
		into("output dropped", line, trimmed(strings.Join(slices.Delete(slices.Clone(lines), i, i+1), ",\n")))
		if i > 0 {
			a, b := refOf(lines[i-1]), refOf(line)
			swapped := slices.Clone(lines)
			swapped[i-1], swapped[i] = strings.Replace(lines[i-1], a, b, 1), strings.Replace(line, b, a, 1)
			into("outputs swapped", line, strings.Join(swapped, ",\n"))
		}
		ref := refOf(line)
		for _, by := range []string{"[]", `""`, "0", "null"} {
			with := slices.Clone(lines)
			with[i] = strings.Replace(line, ref, by, 1)
			into("output constant", line+" is "+by, strings.Join(with, ",\n"))
		}
		if strings.Contains(ref, ".replace") {
			with := slices.Clone(lines)
			with[i] = strings.Replace(line, ref, regexp.MustCompile(`\.replace.*?\)`).ReplaceAllString(ref, ""), 1)
			into("quotes kept", line, strings.Join(with, ",\n"))
		}
	}
}

func refOf(line string) string {
	_, ref, _ := strings.Cut(line, ":")
	return strings.TrimSuffix(strings.TrimSpace(ref), "}}") + strings.Repeat("}", strings.Count(ref, "{")-strings.Count(strings.TrimSuffix(strings.TrimSpace(ref), "}}"), "}"))
}

// trimmed closes and opens an object again whose first or last member is gone.
func trimmed(text string) string {
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, `{"`) {
		text = "{" + text
	}
	if strings.Count(text, "{") > strings.Count(text, "}") {
		text += "}"
	}
	return text
}

var (
	theFilter  = regexp.MustCompile(`,?\s*\{"propertyName":"([a-z_.]+)"[^{}]*(\{[^{}]*\}[^{}]*)*\}`)
	theComma   = regexp.MustCompile(`^,\s*`)
	theGroup   = regexp.MustCompile(`(?s)\{"filters":\[.*?\}\]\},?`)
	theQuoted  = regexp.MustCompile(`"(EQ|IN|NOT_HAS_PROPERTY|DESCENDING)"`)
	theNames   = regexp.MustCompile(`"propertyName":"([a-z_.]+)"`)
	theProps   = regexp.MustCompile(`"properties":\[([^\]]*)\]`)
	theListed  = regexp.MustCompile(`"values":\[("[a-z0-9]+"(,"[a-z0-9]+")*)\]`)
	theNumber  = regexp.MustCompile(`"limit":([0-9]+)`)
	theSorts   = regexp.MustCompile(`(?s) "sorts":\[.*?\],\n`)
	theEscaped = regexp.MustCompile(`\$esc\.jsonString\((\$\{[^()]*(\([^()]*\)[^()]*)*\})\)`)
	theQuiet   = regexp.MustCompile(`\$!\{`)
	theTest    = regexp.MustCompile(`#if\("([^"]*)" != ""\)`)
	theInput   = regexp.MustCompile(`input\.([a-zA-Z0-9]+)`)
)

// request changes the request's template and what stands around it.
func (w *actionWalk) request() {
	text := w.def.Request.Template
	at := func(kind string, re *regexp.Regexp, by ...func(string) string) {
		for i, m := range re.FindAllStringIndex(text, -1) {
			for _, f := range by {
				if to := f(text[m[0]:m[1]]); to != text[m[0]:m[1]] {
					w.add(kind, fmt.Sprintf("%d: %s is %s", i, cutText(text[m[0]:m[1]]), cutText(to)), func(d *dataaction.Definition) {
						d.Request.Template = text[:m[0]] + to + text[m[1]:]
					})
				}
			}
		}
	}
	is := func(to string) func(string) string { return func(string) string { return to } }
	for i, m := range theFilter.FindAllStringIndex(text, -1) {
		end := m[1]
		if text[m[0]] != ',' { // the first of its group: the comma behind it goes, too
			end += len(theComma.FindString(text[end:]))
		}
		w.add("filter dropped", fmt.Sprint(i, ": ", cutText(text[m[0]:m[1]])), func(d *dataaction.Definition) { d.Request.Template = text[:m[0]] + text[end:] })
	}
	at("filter group dropped", theGroup, is(""))
	at("filter operator", theQuoted, func(s string) string {
		return map[string]string{`"EQ"`: `"NEQ"`, `"IN"`: `"NOT_IN"`, `"NOT_HAS_PROPERTY"`: `"HAS_PROPERTY"`, `"DESCENDING"`: `"ASCENDING"`}[s]
	})
	at("filter of another property", theNames, is(`"propertyName":"createdate"`), is(`"propertyName":"email"`))
	at("limit changed", theNumber, is(`"limit":1`), is(`"limit":2`), is(`"limit":100`), func(s string) string { return strings.TrimSuffix(s, "0") + "1" })
	at("sort dropped", theSorts, is(""))
	at("escape dropped", theEscaped, func(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "$esc.jsonString("), ")") })
	at("null unguarded", theQuiet, is("${"))
	at("condition turned", theTest, func(s string) string { return strings.Replace(s, "!=", "==", 1) }, is(`#if("x" != "")`), is(`#if("" != "")`))
	at("another input", theInput, func(s string) string {
		switch {
		case strings.HasPrefix(s, "input.number"):
			return "input.national"
		case strings.HasPrefix(s, "input.national"):
			return "input.number"
		case s == "input.openUntil":
			return "input.reason"
		case s == "input.contact1":
			return "input.contact2"
		case strings.HasPrefix(s, "input.contact"):
			return "input.contact1"
		case strings.HasPrefix(s, "input.company"):
			return "input.contact1"
		}
		return s
	})
	at("value dropped", theListed, func(s string) string {
		i, j := strings.LastIndex(s, ","), strings.LastIndex(s, "]")
		if i < 0 {
			return `"values":["nothing"]`
		}
		return s[:i] + s[j:]
	})
	for _, m := range theProps.FindAllStringSubmatchIndex(text, -1) {
		list := strings.Split(text[m[2]:m[3]], ",")
		for i, p := range list {
			w.add("property dropped from the search", p, func(d *dataaction.Definition) {
				d.Request.Template = text[:m[2]] + strings.Join(slices.Delete(slices.Clone(list), i, i+1), ",") + text[m[3]:]
			})
		}
	}
	if w.role == blueprint.RoleTripBreaker {
		for _, k := range []string{"key", "openUntil", "reason"} {
			w.add("member renamed", k, func(d *dataaction.Definition) { d.Request.Template = strings.Replace(text, `"`+k+`"`, `"x`+k+`"`, 1) })
		}
	}
	w.add("request emptied", "", func(d *dataaction.Definition) { d.Request.Template = "{}" })
	w.add("request body as given", "", func(d *dataaction.Definition) { d.Request.Template = "${input.rawRequest}" })
	for _, method := range []string{"GET", "PUT", "POST"} {
		if method != w.def.Request.Type {
			w.add("method changed", method, func(d *dataaction.Definition) { d.Request.Type = method })
		}
	}
	url := w.def.Request.URLTemplate
	for _, x := range [][2]string{{"contacts", "deals"}, {"deals", "contacts"}, {"companies", "contacts"}, {"/search", ""}, {"${input.row}", "breaker"}, {"${input.row}", "${input.reason}"}, {"2026-0", "2025-0"}} {
		if strings.Contains(url, x[0]) {
			w.add("another address", x[0]+" is "+x[1], func(d *dataaction.Definition) { d.Request.URLTemplate = strings.Replace(url, x[0], x[1], 1) })
		}
	}
	for _, h := range slices.Sorted(maps.Keys(w.def.Request.Headers)) {
		w.add("header dropped", h, func(d *dataaction.Definition) { delete(d.Request.Headers, h) })
	}
	w.add("action gives up early", "1 s", func(d *dataaction.Definition) { d.TimeoutSeconds = 1 })
	w.add("action waits long", "60 s", func(d *dataaction.Definition) { d.TimeoutSeconds = 60 })
}

// contract changes what the contracts say.
func (w *actionWalk) contract() {
	for _, c := range []struct {
		name string
		of   func(*dataaction.Definition) *[]byte
	}{
		{"input", func(d *dataaction.Definition) *[]byte { return (*[]byte)(&d.Input) }},
		{"output", func(d *dataaction.Definition) *[]byte { return (*[]byte)(&d.Output) }},
	} {
		text := string(*c.of(w.def))
		for kind, re := range map[string]*regexp.Regexp{
			"contract type": regexp.MustCompile(`"type":\s*"(integer|number|string|array)"`), "contract requires nothing": regexp.MustCompile(`"required":\s*\[[^\]]*\],`),
			"contract pattern": regexp.MustCompile(`"pattern":\s*"[^"]*"`), "contract name": regexp.MustCompile(`"(total|ids|number|contact1|openAmounts|stage|row)":`),
		} {
			for i, m := range re.FindAllStringIndex(text, -1) {
				was := text[m[0]:m[1]]
				to := map[string]string{"contract requires nothing": "", "contract pattern": `"pattern": "^x+$"`, "contract name": strings.Replace(was, `":`, `x":`, 1)}[kind]
				if kind == "contract type" {
					switch {
					case strings.Contains(was, "integer"):
						to = `"type": "string"`
					case strings.Contains(was, "number"):
						to = `"type": "integer"`
					case strings.Contains(was, "string"):
						to = `"type": "number"`
					default:
						to = `"type": "object"`
					}
				}
				w.add(kind, fmt.Sprintf("%s %d: %s is %s", c.name, i, was, to), func(d *dataaction.Definition) {
					*c.of(d) = []byte(text[:m[0]] + to + text[m[1]:])
				})
			}
		}
	}
	slices.SortStableFunc(w.out, func(a, b mutant) int { return strings.Compare(a.kind, b.kind) })
}

func cutText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), 70)]
}
