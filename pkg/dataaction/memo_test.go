package dataaction_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
)

// told is all that a run tells, but for what a memo leaves out or adds.
func told(r *dataaction.Result) string {
	c := *r
	c.Final, c.Made = nil, 0
	b, err := json.Marshal(c)
	return fmt.Sprintf("%s %v %s", b, err, outputs(r))
}

// A run with a memo is one without, whatever ran before it: also of other actions, with other
// readings, and at the same time.
func TestARememberedReplyIsTheReply(t *testing.T) {
	other := find()
	other.Response.TranslationMap["id"] = "$.results[1].id"
	trailing := find()
	trailing.Response.SuccessTemplate += " x"
	programs := []*dataaction.Program{
		compile(t, find(), dataaction.Options{}), compile(t, other, dataaction.Options{}), compile(t, trailing, dataaction.Options{}), compile(t, trailing, dataaction.Options{RejectTrailing: true}),
		compile(t, find(), dataaction.Options{DropNullOutputs: true}), compile(t, find(), dataaction.Options{WholeNumbersOnly: true}), compile(t, find(), dataaction.Options{PartialFails: true}),
	}
	bodies := []string{`{"results":[]}`, `{"results":[{"id":"1"},{"id":"2"}]}`, `{"total":2.0,"results":[]}`, `{"total":null,"results":[{"id":"1"}]}`, `<html>`, ``}
	statuses := []int{200, 200, 200, 201, 204, 207, 302, 401, 429, 500}
	var memo dataaction.Memo
	var all sync.WaitGroup
	made := [2]map[uint64]string{}
	for k := range made {
		made[k] = map[uint64]string{}
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(k), 1))
			for range 3000 {
				body := bodies[r.IntN(len(bodies))]
				if r.IntN(4) == 0 { // beyond what a memo has room for
					body = fmt.Sprintf(`{"results":[{"id":"%d"}]}`, r.IntN(3000))
				}
				reply := dataaction.Response{Status: statuses[r.IntN(len(statuses))], Body: []byte(body)}
				p, o := programs[r.IntN(len(programs))], dataaction.RunOptions{Credentials: token, Remarks: r.IntN(5) == 0, Trace: r.IntN(5) == 0}
				run := func(o dataaction.RunOptions) *dataaction.Result {
					return dataaction.Run(t.Context(), p, map[string]any{"phone": "1"}, &script{answers: []dataaction.Response{reply}}, o)
				}
				alone := run(o)
				o.Memo = &memo
				got := run(o)
				if told(got) != told(alone) {
					t.Errorf("of %d %s is made\n%s\nand without a memo\n%s", reply.Status, body, told(got), told(alone))
					return
				}
				if got.Made == 0 {
					continue
				}
				if before, known := made[k][got.Made]; known && before != outputs(got) {
					t.Errorf("%d is the number of\n%s\nand of\n%s", got.Made, before, outputs(got))
					return
				}
				made[k][got.Made] = outputs(got)
			}
		})
	}
	all.Wait()
	if len(made[0]) < 20 {
		t.Errorf("%d replies were remembered: nothing is shown", len(made[0]))
	}
}

// Where outputs depend on more than the reply, as where the input is at hand, nothing is remembered.
func TestWhatDependsOnTheInputIsNotRemembered(t *testing.T) {
	d := find()
	d.Response.SuccessTemplate = strings.Replace(d.Response.SuccessTemplate, "${id}", `"${input.phone}"`, 1)
	p := compile(t, d, dataaction.Options{InputInSuccess: true})
	var memo dataaction.Memo
	for _, phone := range []string{"1", "2"} {
		r := dataaction.Run(t.Context(), p, map[string]any{"phone": phone}, &script{answers: []dataaction.Response{ok(`{"results":[]}`)}}, dataaction.RunOptions{Credentials: token, Memo: &memo})
		if want := fmt.Sprintf(`{"contact.id":"%s","tiers":[],"total":0}`, phone); outputs(r) != want || r.Made != 0 {
			t.Errorf("made %s (%d), not %s", outputs(r), r.Made, want)
		}
	}
}
