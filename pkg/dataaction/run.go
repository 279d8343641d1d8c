package dataaction

import (
	"context"
	"errors"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/secret"
)

// DefaultTimeout is how long Genesys waits for a reply when the action does not say.
const DefaultTimeout = 60 * time.Second

// ErrTimeout is what a Sender's error must be (errors.Is) when no reply came in time.
var ErrTimeout = errors.New("no reply within the timeout")

// A Sender makes one HTTP call. An error is a call without a reply.
type Sender interface {
	Send(ctx context.Context, r Request) (Response, error)
}

// A Header is one header field of a request.
type Header struct{ Name, Value string }

// A Request is what goes over the wire for an action.
type Request struct {
	Method  string
	URL     string
	Header  []Header
	Body    []byte // nil for GET
	Timeout time.Duration
	Action  string // name of the action that asks
}

// A Response is what came back. Latency may be virtual; it is all that a run counts.
type Response struct {
	Status  int
	Header  map[string][]string
	Body    []byte
	Latency time.Duration
}

// RunOptions are what an integration adds to its actions.
type RunOptions struct {
	BaseURL     string                  // put before a URL that is a path, as in Genesys Cloud data actions
	Credentials map[string]secret.Value // fields of the integration's credential
	BasicAuth   bool                    // the credential is of type Basic Auth: userName and password
	Bearer      secret.Value            // token that Genesys adds to its own data actions
	Auth        *Auth                   // the integration's custom auth action
	Trace       bool                    // record operations; without it only the failing one is
}

// A Result is the outcome of one run. Either Err is nil and Outputs is complete, or Err says
// what Genesys would answer.
type Result struct {
	Outputs    map[string]jsonpath.Value // flattened, as Architect names them
	Final      []byte                    // the JSON that the success template gave
	Operations []Operation
	Err        *Error
	TimedOut   bool // the action's own timeout ran out
	Elapsed    time.Duration
	Requests   int // HTTP calls made, auth included
	Findings   diag.Findings
}

// Run executes a compiled action.
func Run(ctx context.Context, p *Program, input map[string]any, s Sender, o RunOptions) *Result {
	return p.run(ctx, input, s, o)
}

// A Program is a compiled action. It may be run by several goroutines.
type Program struct {
	def  *Definition
	opts Options
}

// Auth is a custom auth action together with the result it keeps. It may be shared by all
// actions of an integration.
type Auth struct {
	Program *Program
	NoCache bool // run it before every call
	NoRetry bool // do not renew and retry once after a 401

	cache tokenCache
}

type tokenCache struct{}

// Compile parses templates, paths and contracts once.
func Compile(d *Definition, o Options) (*Program, error) { return &Program{def: d, opts: o}, nil }

// Definition is what the program was compiled from.
func (p *Program) Definition() *Definition { return p.def }

func (p *Program) run(context.Context, map[string]any, Sender, RunOptions) *Result { return &Result{} }
