package hubspot

import (
	"slices"
	"strings"
)

// Writes reports whether a scope lets a key change something: crm.objects.contacts.write, or
// crm.objects.contacts.sensitive.write.v2.
func Writes(scope string) bool {
	return slices.Contains(strings.Split(scope, "."), "write")
}
