package dataaction

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// status refuses what is no success. The map and the template do not run then.
func (r *runner) status(reply Response) *Error {
	partial := reply.Status == 207 // of a batch: some of it may have failed
	if partial {
		r.assume("", "status 207 counts as a success (the other reading: partial-fails)")
	}
	if reply.Status >= 200 && reply.Status < 300 && !(partial && r.p.opts.PartialFails) {
		return nil
	}
	if reply.Status >= 300 && reply.Status < 400 {
		r.assume("", "status %d: a redirect is not followed and counts as a failure", reply.Status)
	} else if reply.Status != 500 {
		r.assume("", "status %d of the remote endpoint is mirrored in the error", reply.Status)
	}
	err := remoteError(reply.Status)
	return r.done("check the status", err, nil)
}

// reply turns the body of a success into outputs.
func (r *runner) reply(reply Response) *Error {
	doc, raw, err := r.parse(reply)
	if r.done("parse the reply", err, func() any { return doc }) != nil {
		return err
	}
	vars, err := r.translate(doc, raw)
	if r.done("apply the translation map", err, func() any { return vars }) != nil {
		return err
	}
	final, err := r.succeed(doc, vars)
	if r.done("apply the success template", err, func() any { return final }) != nil {
		return err
	}
	if r.p.opts.DropNullOutputs {
		final = r.p.output.root.dropNulls(final)
	}
	if bad := r.p.output.check(final, r.p.opts.WholeNumbersOnly); bad != nil {
		if strings.HasPrefix(bad.message, "got null") {
			r.assume(atOutput, "a null for the typed output %q breaks the contract (the other reading: drop-nulls)", bad.field)
		}
		err = newError("INVALID_SCHEMA", 400, detailProcessing, bad.field,
			fmt.Sprintf("The result does not fit the output contract: %s%s.", bad.where(), bad.message))
	}
	if r.done("validate the output", err, nil) != nil {
		return err
	}
	if !r.remembers() {
		r.res.Final = final.AppendJSON(nil)
	}
	r.res.Outputs = make(map[string]jsonpath.Value, len(r.p.output.root.members))
	r.p.output.root.flatten(final, r.p.opts.ShiftGaps, r.res.Outputs)
	if r.o.Remarks {
		r.remarks(final)
	}
	return r.done("flatten the output", nil, func() any { return r.res.Outputs })
}

// remarks tells what of an answer did not become an output, and which outputs it left empty.
func (r *runner) remarks(final jsonpath.Value) {
	x := &remarks{seen: map[string]bool{}}
	x.compare(r.p.output.root, final, "")
	var rest []string
	for _, d := range x.dropped {
		if d.near == "" && len(x.dropped) > mostDropped {
			rest = append(rest, strconv.Quote(d.name))
			continue
		}
		r.note(diag.Warning, codeDropped, atSuccess, "%q was written and dropped: the output contract does not have it", d.name)
		if d.near != "" {
			r.res.Findings[len(r.res.Findings)-1].Hint = fmt.Sprintf("did you mean %q", d.near)
		}
	}
	if n := len(rest); n > 0 {
		names := strings.Join(rest[:min(n, mostDropped)], ", ")
		if n > mostDropped {
			names += ", …"
		}
		r.note(diag.Info, codeDropped, atSuccess, "%d members were written and dropped, which the output contract does not have: %s", n, names)
	}
	for _, name := range x.unset {
		r.note(diag.Info, codeNeverWritten, atOutput, "output %q was not set", name)
	}
}

// mostDropped is how many members are named one by one: a reply that is passed on has many.
const mostDropped = 5

// remarks are the members of an answer without an output, and the outputs without a member.
type remarks struct {
	seen    map[string]bool
	dropped []struct{ name, near string }
	unset   []string
}

func (x *remarks) compare(s *shape, v jsonpath.Value, path string) {
	switch {
	case v.Kind() == jsonpath.Array && s.items != nil:
		for i := range v.Len() {
			x.compare(s.items, v.Index(i), path)
		}
		return
	case v.Kind() != jsonpath.Object || len(s.members) == 0:
		return
	}
	once := func(name string) bool {
		first := !x.seen[name]
		x.seen[name] = true
		return first
	}
	for _, m := range v.Members() {
		if _, ok := s.index[m.Name]; !ok && once(join(path, m.Name)) {
			x.dropped = append(x.dropped, struct{ name, near string }{join(path, m.Name), diag.Nearest(m.Name, s.names())})
		}
	}
	for _, m := range s.members {
		sub, ok := v.Get(m.name)
		if ok {
			x.compare(m.shape, sub, join(path, m.name))
		} else if once(join(path, m.name)) {
			x.unset = append(x.unset, join(path, m.name))
		}
	}
}

func (r *runner) parse(reply Response) (jsonpath.Value, string, *Error) {
	if len(bytes.TrimSpace(reply.Body)) == 0 {
		if r.p.opts.EmptyBodyFails {
			return jsonpath.Value{}, "", newError("BAD_REQUEST", 400, detailRemote, "", "The remote endpoint answered without a body.")
		}
		r.assume("", "an empty reply counts as {}")
		return jsonpath.Map(), "{}", nil
	}
	doc, err := jsonpath.Decode(reply.Body)
	if err != nil {
		return jsonpath.Value{}, "", newError("BAD_REQUEST", 400, detailRemote, "",
			fmt.Sprintf("The remote endpoint answered with status %d and no JSON (%v).", reply.Status, err))
	}
	if n := doc.Depth(); n > maxDepth {
		return jsonpath.Value{}, "", newError("BAD_REQUEST", 400, detailRemote, "",
			fmt.Sprintf("The remote endpoint answered with JSON of %d levels; %d are allowed.", n, maxDepth))
	}
	return doc, string(reply.Body), nil
}

// maxDepth is how deep request and response objects may be nested. Genesys: 50 levels.
const maxDepth = 50

// translate resolves the paths to JSON text, or to their defaults as raw text. What has
// neither stays unset.
func (r *runner) translate(doc jsonpath.Value, raw string) (map[string]any, *Error) {
	vars := make(map[string]any, len(r.p.mapped)+2)
	if r.p.opts.InputInSuccess {
		vars["input"] = r.vars["input"]
	}
	vars["rawResult"] = raw
	var buf []byte
	for i := range r.p.mapped {
		m := &r.p.mapped[i]
		if m.path != nil {
			v, err := m.path.Find(doc)
			if err == nil {
				buf = v.AppendJSON(buf[:0])
				vars[m.name] = string(buf)
				continue
			}
			if !errors.Is(err, jsonpath.ErrNotFound) && !r.p.opts.DefaultOnFault {
				return vars, newError("BAD_REQUEST", 400, detailProcessing, m.name, fmt.Sprintf("Translation map key %q: %v.", m.name, err))
			}
		}
		if !m.hasDefault {
			continue
		}
		vars[m.name] = m.fallback
		if m.badDefault {
			how := "raw"
			if r.p.opts.QuoteBadDefaults {
				how = "as a JSON string"
			}
			r.assume(atDefaults+"/"+source.EscapePointer(m.name), "the default of %q is no JSON and is inserted %s", m.name, how)
		}
	}
	return vars, nil
}

// succeed renders the success template and reads what it gives.
func (r *runner) succeed(doc jsonpath.Value, vars map[string]any) (jsonpath.Value, *Error) {
	if r.p.passes {
		return doc, nil
	}
	text, err := r.render(r.p.success, vars, atSuccess)
	if err != nil {
		return jsonpath.Value{}, r.transformError(err)
	}
	v, n, err := jsonpath.DecodePrefix([]byte(text))
	if err != nil {
		return jsonpath.Value{}, r.transformError(err)
	}
	if rest := bytes.TrimSpace([]byte(text[n:])); len(rest) > 0 {
		if r.p.opts.RejectTrailing {
			return jsonpath.Value{}, r.transformError(fmt.Errorf("unexpected %q after the JSON", rest))
		}
		r.note(diag.Warning, codeTrailing, atSuccess, "text after the JSON is ignored: %q", rest)
	}
	return v, nil
}

func (r *runner) transformError(err error) *Error {
	return newError("BAD_REQUEST", 400, detailProcessing, successName, fmt.Sprintf(
		"Transform failed to process result using 'successTemplate' template due to error: %v. The template used was: %s", err, r.p.def.Response.SuccessTemplate))
}
