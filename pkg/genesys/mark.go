package genesys

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/internal/pattern"
)

// A Mark says in an entity's description or notes that it belongs to a deployment, and of
// which content it was made. Genesys Cloud has no tags for the kinds we create.
type Mark struct {
	Deployment string // the name of the deployment file
	Schema     int    // version of the mark's meaning
	Hash       string // of the desired content, lower-case hexadecimal

	// Adopted says that setup took the entity over and did not make it, so nothing of ours
	// deletes it: Taken, or for an integration the endings of the names of the data actions that
	// were in it, since actions carry no mark. Empty: setup made it.
	Adopted string
}

// Taken is what a mark says of what was taken over.
const Taken = "yes"

// MarkSchema is the version that this program writes.
const MarkSchema = 1

// NewMark is the mark of a desired content, which has none yet.
func NewMark(deployment string, content any) Mark {
	return Mark{Deployment: deployment, Schema: MarkSchema, Hash: Hash(content)[:16]}
}

// Hash is the SHA-256 of a value's JSON, in hexadecimal.
func Hash(x any) string {
	data, err := json.Marshal(x)
	if err != nil { // only values that encoding/json knows are hashed
		panic(fmt.Sprintf("genesys: hash: %v", err))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var markForm = pattern.Of(`managed-by=dealroute;deployment=([a-z][a-z0-9-]*);schema=(\d{1,9});hash=([0-9a-f]+)(?:;adopted=([0-9a-z+]+))?`)

// String is the form in which a mark is written.
func (m Mark) String() string {
	s := fmt.Sprintf("managed-by=dealroute;deployment=%s;schema=%d;hash=%s", m.Deployment, m.Schema, m.Hash)
	if m.Adopted != "" {
		s += ";adopted=" + m.Adopted
	}
	return s
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
		out = append(out, Mark{Deployment: p[1], Schema: schema, Hash: p[3], Adopted: p[4]})
	}
	return out
}

// TakenOver is a desired entity as it is written when the one that is there was adopted: its
// marks say so, in the content and in the text. With "" it is the entity itself.
func (e Entity) TakenOver(adopted string) Entity {
	if adopted == "" {
		return e
	}
	say := func(text string) string {
		for _, m := range Marks(text) {
			was := m.String()
			m.Adopted = adopted
			text = strings.ReplaceAll(text, was, m.String())
		}
		return text
	}
	e.Text = say(e.Text)
	if e.Content != nil {
		e.Content, _ = walk(e.Content, say).(map[string]any)
	}
	return e
}
