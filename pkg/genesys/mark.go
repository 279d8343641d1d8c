package genesys

import (
	"fmt"
	"strconv"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A Mark says in an entity's description or notes that it belongs to a deployment, and of
// which content it was made. Genesys Cloud has no tags for the kinds we create.
type Mark struct {
	Deployment string // the name of the deployment file
	Schema     int    // version of the mark's meaning
	Hash       string // of the desired content, lower-case hexadecimal
}

// MarkSchema is the version that this program writes.
const MarkSchema = 1

var markForm = pattern.Of(`managed-by=dealroute;deployment=([a-z][a-z0-9-]*);schema=(\d{1,9});hash=([0-9a-f]+)`)

// String is the form in which a mark is written.
func (m Mark) String() string {
	return fmt.Sprintf("managed-by=dealroute;deployment=%s;schema=%d;hash=%s", m.Deployment, m.Schema, m.Hash)
}

// FindMark reads the mark out of a description, the first one if there are several; ok is
// false when there is none.
func FindMark(description string) (m Mark, ok bool) {
	if all := Marks(description); len(all) > 0 {
		return all[0], true
	}
	return Mark{}, false
}

// Marks lists the marks in a description in their order.
func Marks(description string) []Mark {
	var out []Mark
	for _, p := range markForm().FindAllStringSubmatch(description, -1) {
		schema, _ := strconv.Atoi(p[2]) // at most nine digits by the pattern
		out = append(out, Mark{Deployment: p[1], Schema: schema, Hash: p[3]})
	}
	return out
}
