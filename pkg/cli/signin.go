package cli

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys/genesysrest"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/starter"
	"github.com/pelletier/go-toml/v2"
)

// signIn gives the configuration of a client for the real org: credentials from the
// environment, else from a profile of Genesys' own command line tool, which is only read.
// inFile is the region that the deployment file names.
func signIn(env session, inFile string, readOnly bool) (genesysrest.Config, error) {
	regions := []said{{"genesys.region of the deployment file", inFile}}
	cfg := genesysrest.Config{ReadOnly: readOnly, Agent: "dealroute/" + env.version(), Log: env.log(), Secrets: env.known}
	given := map[string]secret.Value{}
	for _, variable := range []string{"GENESYSCLOUD_ACCESS_TOKEN", "GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"} {
		v, err := env.credential(variable)
		if err != nil && env.settings.profile == "" {
			return cfg, err
		}
		given[variable] = v
	}
	gateway := "" // the address that a profile names in place of the region's
	switch name := env.settings.profile; {
	case name != "":
		p, err := readProfile(env, name)
		if err != nil {
			return cfg, err
		}
		if gateway, err = p.gateway(name); err != nil {
			return cfg, err
		}
		cfg.Client, cfg.Secret, cfg.Token = p.ID, secret.New(p.Secret), secret.New(p.Token)
		regions = append([]said{{fmt.Sprintf("profile %q of ~/.gc/config.toml", name), p.Environment}}, regions...)
	case given["GENESYSCLOUD_ACCESS_TOKEN"].Set():
		cfg.Token = given["GENESYSCLOUD_ACCESS_TOKEN"]
	default:
		cfg.Client, cfg.Secret = given["GENESYSCLOUD_OAUTHCLIENT_ID"].Reveal(), given["GENESYSCLOUD_OAUTHCLIENT_SECRET"]
	}
	if !cfg.Token.Set() && (cfg.Client == "" || !cfg.Secret.Set()) {
		return cfg, fail(errNoCredentials,
			"set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET (or the same with _FILE), name a profile of ~/.gc/config.toml with --profile, or try it with --sandbox")
	}
	regions = append(env.settings.regions(env.Getenv), regions...)
	regions = slices.DeleteFunc(regions, func(s said) bool { return s.region == "" })
	base, region, used := cmp.Or(env.settings.genesysBase, gateway), "", "which was used"
	switch {
	case env.settings.genesysBase != "":
		used = "and the address of --genesys-base-url was used"
	case gateway != "":
		used = "and the gateway of the profile was used"
	}
	if len(regions) > 0 {
		region = regions[0].region
	}
	cfg.Doubt = disagree(regions, used)
	if base != "" {
		cfg.API, cfg.Apps = base, base
		if base == gateway {
			cfg.Login = gateway // whatever its name begins with
		}
		return cfg, nil
	}
	if region == "" {
		return cfg, fail(errors.New("no region of Genesys Cloud is named"), "name it with --region or GENESYSCLOUD_REGION, such as eu-central-1")
	}
	domain, err := domainOf(region)
	if err != nil {
		return cfg, err
	}
	cfg.API, cfg.Apps = "https://api."+domain, "https://apps."+domain
	return cfg, nil
}

var errNoCredentials = errors.New("no credentials for Genesys Cloud")

// A said is a region and who says so.
type said struct{ source, region string }

// regions are those that flag and environment give, first the one that wins.
func (s settings) regions(getenv func(string) string) []said {
	env := said{"GENESYSCLOUD_REGION", getenv("GENESYSCLOUD_REGION")}
	switch {
	case !s.regionGiven:
		return nil
	case s.region == env.region:
		return []said{env}
	}
	return []said{{"--region", s.region}, env}
}

// disagree says that sources name different regions, and what was used: an OAuth client is
// known in its own region only. It is empty when they agree.
func disagree(regions []said, used string) string {
	domain := func(s said) string {
		if d, ok := deployment.Domain(s.region); ok {
			return d
		}
		return s.region
	}
	var others []string
	for _, s := range regions[min(1, len(regions)):] {
		if domain(s) != domain(regions[0]) {
			others = append(others, fmt.Sprintf("%s says %s", s.source, s.region))
		}
	}
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("the regions disagree: %s says %s, %s; %s; a client is known in its own region only",
		regions[0].source, regions[0].region, used, strings.Join(others, "; "))
}

// domainOf is the domain of a region, by its AWS name or domain.
func domainOf(region string) (string, error) {
	domain, ok := deployment.Domain(region)
	if !ok {
		return "", fail(fmt.Errorf("region %q is neither an AWS name that Genesys Cloud has nor a domain", region), nearestRegion(region))
	}
	return domain, nil
}

// nearestRegion is the hint for a region that is none, also by what people call it: Frankfurt.
func nearestRegion(region string) string {
	if near := starter.NearestRegion(region); near != "" {
		return fmt.Sprintf("did you mean %q; known are %s", near, strings.Join(deployment.Regions(), ", "))
	}
	return nearestOf(region, deployment.Regions())
}

// nearestOf is the hint for a name that is none of those that are known: the nearest, and all.
func nearestOf(name string, known []string) string {
	all := "known are " + strings.Join(known, ", ")
	if h := diag.DidYouMean(name, known); h != "" {
		return h + "; " + all
	}
	return all
}

// A profile is a section of ~/.gc/config.toml, as Genesys' tool writes it.
type profile struct {
	Environment string `toml:"environment"`
	ID          string `toml:"client_credentials"`
	Secret      string `toml:"client_secret"`
	Token       string `toml:"access_token"`

	GatewayProtocol   string `toml:"gateway_protocol"`
	GatewayHost       string `toml:"gateway_host"`
	GatewayPort       any    `toml:"gateway_port"` // Genesys' tool writes a text, people a number
	GatewayPathParams string `toml:"gateway_pathparams"`
	ProxyHost         string `toml:"proxy_host"`
}

// gateway gives the address that the profile names in place of the region's, empty for none:
// credentials that belong there must never reach the region. What of it cannot be honoured is
// refused. A user name of a gateway is something that Genesys' own tool reads and does not send.
func (p profile) gateway(name string) (string, error) {
	refuse := func(format string, args ...any) (string, error) {
		return "", fail(fmt.Errorf("profile %q of ~/.gc/config.toml: %s", name, fmt.Sprintf(format, args...)), "nothing was sent; correct the profile, or give the address with --genesys-base-url and the client in the environment")
	}
	port := ""
	if p.GatewayPort != nil {
		port = fmt.Sprint(p.GatewayPort)
	}
	switch {
	case p.ProxyHost != "":
		return refuse("its proxy is not used here; set HTTPS_PROXY and take proxy_host out")
	case p.GatewayHost == "" && p.GatewayProtocol == "" && port == "" && p.GatewayPathParams == "":
		return "", nil
	case p.GatewayPathParams != "": // which requests only read is known of the platform's own paths
		return refuse("a gateway with paths of its own (gateway_pathparams) is not used here")
	case p.GatewayHost == "" || p.GatewayProtocol == "":
		return refuse("a gateway needs both gateway_protocol and gateway_host")
	case p.GatewayProtocol != "http" && p.GatewayProtocol != "https":
		return refuse("gateway_protocol is %q, neither http nor https", p.GatewayProtocol)
	}
	u := url.URL{Scheme: p.GatewayProtocol, Host: p.GatewayHost}
	if port != "" {
		u.Host += ":" + port
	}
	if back, err := url.Parse(u.String()); err != nil || back.Host != u.Host || back.User != nil {
		return refuse("its gateway is no address")
	}
	return u.String(), nil
}

func readProfile(env session, name string) (profile, error) {
	path := filepath.Join(env.Getenv("HOME"), ".gc", "config.toml")
	data, err := readFile(path, maxSettings)
	if err != nil {
		return profile{}, fail(fmt.Errorf("profile %q: read %s: %w", name, path, err), `make it with "gc profiles new", or set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET`)
	}
	all := map[string]profile{}
	if err := toml.Unmarshal(data, &all); err != nil {
		var de *toml.DecodeError
		if errors.As(err, &de) {
			line, column := de.Position()
			return profile{}, fail(fmt.Errorf("%s:%d:%d: the file is no TOML", path, line, column), "correct it, or use the environment")
		}
		return profile{}, fail(fmt.Errorf("%s: the file holds something else than profiles", path), "correct it, or use the environment")
	}
	p, ok := all[name]
	if !ok {
		names := sortedNames(all)
		slices.Sort(names)
		return profile{}, fail(fmt.Errorf("%s has no profile %q", path, name), nearestOf(name, names))
	}
	return p, nil
}
