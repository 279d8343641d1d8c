package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/terraform"
	"github.com/dealroute/dealroute/pkg/view"
)

type actionRunOptions struct {
	session
	file        string
	action      string            // which of a Terraform file
	input       string            // JSON object, or @file
	credentials map[string]string // field of the credential to environment variable
	basic       bool
	auth        string // file of the custom auth action
	readings    []string
	baseURL     string // send everything here
	trace       bool
	showPII     bool
}

func newActionRunCmd(env *Env, run func(context.Context, actionRunOptions) error) *cobra.Command {
	var o actionRunOptions
	var credentials []string
	cmd := &cobra.Command{
		Use:   "run FILE|-",
		Short: "Run a data action: send its request and turn the reply into outputs",
		Long: `Run a data action as its definition says, really sending the request, and print its
outputs as Architect names them. The answer under -o json has the parts of Genesys' own test
of an action: operations, finalResult, success, error.

Fields of the credential come from environment variables and are hidden in every output. A
URL that is a path is sent to the Genesys Cloud API of --region with
GENESYSCLOUD_ACCESS_TOKEN, or to --base-url.

What Genesys leaves open is read strictly; --reading takes the other side of a question:
` + readingsHelp() + `
Exit codes: 0 the action succeeded, 2 it failed, 1 it could not be run.`,
		Example: `  dealroute action run find.custom.json --input '{"phone":"+15135550142"}' --credentials-env HUBSPOT_TOKEN=token
  dealroute action run actions.tf --action "Find contact" --input '{"phone":"+15135550142"}'
  dealroute action run find.custom.json --input @input.json --base-url http://127.0.0.1:8080 --trace`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session, o.file = env.session(), args[0]
			o.credentials = map[string]string{}
			for _, c := range credentials {
				name, field, ok := strings.Cut(c, "=")
				if !ok || name == "" || field == "" {
					return usage(cmd.CommandPath(), fmt.Errorf("--credentials-env %q is not NAME=field", c))
				}
				o.credentials[field] = name
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.action, "action", "", "which data action of a Terraform file, by its name or that of the resource")
	f.StringVar(&o.input, "input", "{}", "input as a JSON object, or @FILE")
	f.StringVar(&o.baseURL, "base-url", "", "send every request to this address instead, keeping path and query")
	f.StringSliceVar(&credentials, credentialsFlag, nil, "NAME=field: take a field of the credential from an environment variable, or from the file that NAME_FILE names")
	f.BoolVar(&o.basic, "basic-auth", false, "the credential is of type Basic Auth, with userName and password")
	f.StringVar(&o.auth, "auth", "", "file of the integration's custom auth action")
	f.StringSliceVar(&o.readings, "reading", nil, "take another reading of what Genesys leaves open, see above")
	f.BoolVar(&o.trace, "trace", false, "show every step")
	f.BoolVar(&o.showPII, "show-pii", false, "do not mask phone numbers; needs a terminal")
	return cmd
}

func readingsHelp() string {
	var b strings.Builder
	for _, r := range dataaction.Readings() {
		diag.Fprintf(&b, "  %-19s %s\n", r.Name, r.Help)
	}
	return b.String()
}

func runActionRun(ctx context.Context, o actionRunOptions) error {
	if err := personal(o.IO, o.showPII); err != nil {
		return err
	}
	opts, err := dataaction.OptionsOf(o.readings)
	if err != nil {
		return fail(err, "see action run --help")
	}
	p, err := o.compile(o.file, o.action, opts)
	if err != nil {
		return err
	}
	input, err := actionInput(o.input)
	if err != nil {
		return err
	}
	mask := privacy.New(privacy.Options{Show: o.showPII})
	mask.Inputs(input)
	run, sender, err := o.prepare(opts)
	if err != nil {
		return err
	}
	if d := p.Definition(); strings.HasPrefix(d.Request.URLTemplate, "/") {
		if run.BaseURL == "" {
			if domain, ok := deployment.Domain(o.settings.region); ok {
				run.BaseURL = "https://api." + domain
			}
		}
		if run.BaseURL == "" {
			return fail(errors.New("the action's URL is a path"), "say where it goes: --region or --base-url")
		}
		if run.Bearer, err = o.credential("GENESYSCLOUD_ACCESS_TOKEN"); err != nil {
			return err
		}
	}
	own := time.Duration(p.Definition().TimeoutSeconds) * time.Second
	if own == 0 {
		own = dataaction.DefaultTimeout
	}
	if most := o.settings.timeout; most > 0 && most < own {
		run.Timeout = most - most/5 // so that the action says so, not the end of the command, also when that began slowly
	}
	r := dataaction.Run(ctx, p, input, sender, run)
	if ctx.Err() != nil && !r.TimedOut && r.Err != nil {
		return ctx.Err()
	}
	if o.settings.json {
		err = view.JSON(mask.Writer(o.IO.Out, true), view.NewActionRun(p.Definition().Name, r))
	} else {
		err = view.PrintActionRun(mask.Writer(o.IO.Out, false), mask.Writer(o.IO.Err, false), r, o.trace)
	}
	if err == nil && r.Err != nil {
		return errNo
	}
	return err
}

// compile reads an action of an export or of a Terraform file.
func (o actionRunOptions) compile(file, name string, opts dataaction.Options) (*dataaction.Program, error) {
	var d *dataaction.Definition
	var data []byte
	if terraform.Is(file) {
		f, err := tfFolders{}.open(file, terraform.Options{Variable: o.tfVariable, Reveal: true})
		if err != nil {
			return nil, err
		}
		d, err = f.one(file, name)
		o.known.Add(f.module.Secrets()...)
		if err != nil {
			return nil, err
		}
	} else {
		var err error
		arg := file
		if data, file, err = o.readNamed("", arg, maxText); err != nil {
			return nil, notRead("data action", arg, err, "name an existing file")
		}
		var found diag.Findings
		if d, found = dataaction.ParseExport(file, data); d == nil || found.Err() != nil {
			return nil, unreadable(found, data, false)
		}
		if name != "" && name != d.Name {
			return nil, fail(fmt.Errorf("there is no data action %q in %s", name, file), "it has "+d.Name)
		}
	}
	if d.IntegrationType == dataaction.Functions {
		return nil, fail(fmt.Errorf("%s is a function data action: it has no address, Genesys Cloud runs a function of the organisation for it, and that cannot be run offline", file), "run the function itself; action check checks the rest of the file")
	}
	p, err := dataaction.Compile(d, opts)
	var fs diag.Findings
	if errors.As(err, &fs) {
		return nil, unreadable(fs, data, false)
	}
	return p, err
}

// actionInput reads the input with exact numbers.
func actionInput(text string) (map[string]any, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		data, err := readFile(name, maxText)
		if err != nil {
			return nil, fail(fmt.Errorf("read the input %s: %w", name, err), "name an existing file")
		}
		text = string(data)
	}
	v, err := jsonpath.Decode([]byte(text))
	if err != nil || v.Kind() != jsonpath.Object {
		if err == nil {
			err = fmt.Errorf("it is a %s", v.Kind())
		}
		return nil, fail(fmt.Errorf("the input is no JSON object: %w", err), `write --input '{"name": "value"}'`)
	}
	return v.ToAny().(map[string]any), nil
}

func (o actionRunOptions) prepare(opts dataaction.Options) (dataaction.RunOptions, dataaction.Sender, error) {
	run := dataaction.RunOptions{Remarks: true, Trace: o.trace || o.settings.json, BasicAuth: o.basic, Credentials: map[string]secret.Value{}}
	for _, field := range slices.Sorted(maps.Keys(o.credentials)) {
		v, err := o.own(o.credentials[field])
		if err != nil {
			return run, nil, err
		}
		if !v.Set() {
			return run, nil, fail(fmt.Errorf("environment variable %s is empty", o.credentials[field]), "it gives the credential's field "+field)
		}
		run.Credentials[field] = v
		o.known.Add(v)
	}
	if o.auth != "" {
		p, err := o.compile(o.auth, "", opts)
		if err != nil {
			return run, nil, err
		}
		run.Auth = &dataaction.Auth{Program: p}
	}
	if o.baseURL == "" {
		return run, transport.NewHTTP(transport.HTTPOptions{}), nil
	}
	if err := bareAddress(o.baseURL, "flag --base-url"); err != nil {
		return run, nil, err
	}
	o.known.AddURL(o.baseURL)
	u, err := url.Parse(o.baseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return run, nil, fail(fmt.Errorf("--base-url %q is no address", secret.InURL(o.baseURL)), "write it as http://127.0.0.1:8080")
	}
	run.BaseURL = u.Scheme + "://" + u.Host
	return run, transport.To(o.baseURL, transport.NewHTTP(transport.HTTPOptions{})), nil
}
