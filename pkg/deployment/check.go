package deployment

import (
	"fmt"

	"github.com/dealroute/dealroute/pkg/diag"
)

// check asks what only the values together can tell. Paths that were reported while
// decoding are left alone: one mistake, one finding.
func (d *decoder) check(dep *Deployment) {
	if dep.Version != 1 {
		d.problem("version", codeChoice, diag.Error, 1, "this program reads version: 1", fmt.Sprintf("version must be 1, not %d", dep.Version))
	}
	d.checkGenesys(dep)
	d.checkHubSpot(dep)
	d.checkCalls(dep)
	d.checkEnrichment(dep)
	d.checkRules(dep)
	d.checkPrivacy(dep)
	d.checkNames(dep)
}

// problem reports a value by its path.
func (d *decoder) problem(path, code string, sev diag.Severity, length int, hint, message string) {
	if d.skip(path) {
		return
	}
	dep := Deployment{file: d.file, positions: d.positions}
	d.findings = append(d.findings, diag.Finding{
		Code: code, Severity: sev, Message: message, Hint: hint, Position: dep.Pos(path), Length: length,
	})
	if sev == diag.Error {
		d.bad[path] = true
	}
}

// wrong is problem for an error about a text.
func (d *decoder) wrong(path, code, value, hint, message string) {
	d.problem(path, code, diag.Error, d.lengthOf(value), hint, message)
}

func (d *decoder) lengthOf(value string) int { return len([]rune(value)) }

// skip reports whether a path, or what it is in, has been reported already.
func (d *decoder) skip(path string) bool {
	for {
		if d.bad[path] {
			return true
		}
		i := lastStep(path)
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}
