package prove

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// Accounts that differ in anything that a record has, or in whose it is, have no answers in common.
func TestAccountsAreToldApart(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	prints := map[print]string{}
	add := func(what string, crm hubspot.CRM, at time.Time, otherwise ...string) {
		t.Helper()
		w := whole{reference: reference{d: new(deployment.Deployment)}, common: new(common)}
		a := w.account(&situation{Witness: Witness{CRM: crm, At: at}, otherwise: otherwise})
		if other, known := prints[a.id]; known {
			t.Errorf("%s and %s are taken for the same account", what, other)
		}
		prints[a.id] = what
	}
	add("nobody", hubspot.CRM{}, now)
	add("nobody a moment later", hubspot.CRM{}, now.Add(time.Millisecond))
	add("nobody, read otherwise", hubspot.CRM{}, now, "a", "b")
	add("nobody, read in one other way", hubspot.CRM{}, now, "a b")
	// each field of a record alone
	varied := func(what string, kind reflect.Type, in func(v reflect.Value) hubspot.CRM) {
		add(what, in(reflect.New(kind).Elem()), now)
		for i := range kind.NumField() {
			v := reflect.New(kind).Elem()
			switch f := v.Field(i); f.Interface().(type) {
			case string:
				f.SetString("7")
			case bool:
				f.SetBool(true)
			case time.Time:
				f.Set(reflect.ValueOf(now.Add(time.Millisecond)))
			case []string:
				f.Set(reflect.ValueOf([]string{"7"}))
			case hubspot.Properties:
				f.Set(reflect.ValueOf(hubspot.Properties{"a": nil}))
				add(what+" with a property that is null", in(v), now)
				f.Set(reflect.ValueOf(hubspot.Properties{"a": hubspot.Text("")}))
				add(what+" with an empty property", in(v), now)
				f.Set(reflect.ValueOf(hubspot.Properties{"a": hubspot.Text("1"), "b": hubspot.Text("2")}))
				add(what+" with two properties", in(v), now)
				f.Set(reflect.ValueOf(hubspot.Properties{"a": hubspot.Text(`1" b="2`)}))
			default:
				t.Fatalf("%s has %s, which this test does not vary", what, kind.Field(i).Name)
			}
			add(what+" with "+kind.Field(i).Name, in(v), now)
		}
	}
	varied("a contact", reflect.TypeFor[hubspot.Contact](), func(v reflect.Value) hubspot.CRM {
		return hubspot.CRM{Contacts: []hubspot.Contact{v.Interface().(hubspot.Contact)}}
	})
	varied("a company", reflect.TypeFor[hubspot.Company](), func(v reflect.Value) hubspot.CRM {
		return hubspot.CRM{Companies: []hubspot.Company{v.Interface().(hubspot.Company)}}
	})
	varied("a deal", reflect.TypeFor[hubspot.Deal](), func(v reflect.Value) hubspot.CRM {
		return hubspot.CRM{Deals: []hubspot.Deal{v.Interface().(hubspot.Deal)}}
	})
}

// slow answers after two seconds.
type slow struct{ asked int }

func (s *slow) Send(context.Context, dataaction.Request) (dataaction.Response, error) {
	s.asked++
	return dataaction.Response{Status: 200, Body: []byte("{}"), Latency: 2 * time.Second}, nil
}

// An answer is shared, and how long one waits for it is not: who gave up does not spoil it for those
// who wait.
func TestWhoGivesUpLeavesTheAnswerToOthers(t *testing.T) {
	var to slow
	a := &account{replies: new(recall.Store[reply]), open: func() dataaction.Sender { return &to }}
	for range 2 {
		if got, err := a.Send(t.Context(), dataaction.Request{Timeout: time.Second}); !errors.Is(err, dataaction.ErrTimeout) || got.Latency != time.Second || got.Status != 0 {
			t.Errorf("who waits a second gets %v %v", got, err)
		}
		if got, err := a.Send(t.Context(), dataaction.Request{Timeout: 3 * time.Second}); err != nil || got.Status != 200 || got.Latency != 2*time.Second {
			t.Errorf("who waits three seconds gets %v %v", got, err)
		}
	}
	if to.asked != 1 {
		t.Errorf("HubSpot is asked %d times", to.asked)
	}
}
