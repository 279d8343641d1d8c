package deployment

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// checkAuth fills in what holds of OAuth when the file does not say it, and refuses what goes
// with no access token.
func (d *decoder) checkAuth(dep *Deployment) {
	const path = "hubspot.auth"
	a := &dep.HubSpot.Auth
	if d.skip(path + ".method") {
		return
	}
	if a.Method != AuthOAuth {
		for _, x := range []struct{ key, value string }{{"renew", a.Renew}, {"grant", a.Grant}, {"tokenURL", a.TokenURL}} {
			if x.value != "" {
				d.wrong(path+"."+x.key, codeAuthUnused, x.value, "write method: oauth beside it, or delete it", fmt.Sprintf("%s.%s is of use only with method: oauth", path, x.key))
			}
		}
		return
	}
	if a.Renew == "" {
		a.Renew = RenewPlatform
	}
	if a.Grant == "" {
		a.Grant = GrantRefresh
	}
	host, why := "", ""
	if a.TokenURL != "" {
		if host, why = tokenHost(a.TokenURL); why != "" {
			d.wrong(path+".tokenURL", codeAuthURL, a.TokenURL, "write it as https://login.example.com/oauth/token", fmt.Sprintf("%s.tokenURL %s: %s", path, quote(a.TokenURL), why))
			return
		}
	}
	if a.Grant != GrantClient || d.skip(path+".grant") || d.skip(path+".tokenURL") {
		return
	}
	switch {
	case a.TokenURL == "":
		d.wrong(path+".grant", codeAuthGrant, a.Grant, "write grant: refresh-token, or add the tokenURL of who issues your tokens", "HubSpot serves no CRM data to the client-credentials grant")
	case isHubSpot(host):
		d.problem(path+".tokenURL", codeAuthGrant, diag.Error, d.lengthOf(a.TokenURL), "write grant: refresh-token, or the tokenURL of who issues your tokens",
			fmt.Sprintf("HubSpot serves no CRM data to the client-credentials grant, and %s is HubSpot's", host))
	}
}

// tokenHost is the host of a token endpoint's address, or why it is none.
func tokenHost(address string) (host, why string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsAny(address, " \"<>\\^`{|}$#"):
		return "", "it is no address"
	case u.User != nil:
		return "", "a user or password has no place in it"
	case u.Hostname() == "":
		return "", "it has no host"
	case u.RawQuery != "" || u.ForceQuery:
		return "", "it has a query"
	}
	host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if u.Scheme != "https" {
		ip, err := netip.ParseAddr(host)
		if u.Scheme != "http" || host != "localhost" && (err != nil || !ip.IsLoopback()) {
			return "", "it must begin with https://"
		}
	}
	return host, ""
}

// isHubSpot reports whether a host is one of HubSpot's.
func isHubSpot(host string) bool {
	for _, domain := range []string{"hubapi.com", "hubspot.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
