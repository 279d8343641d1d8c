package view

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
)

// Count writes a number of things.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Counted is how many findings there are of each weight.
func Counted(n map[diag.Severity]int) string {
	return Count(n[diag.Error], "error", "errors") + ", " + Count(n[diag.Warning], "warning", "warnings") + ", " +
		Count(n[diag.Info]+n[diag.Assumption], "note", "notes")
}

// Thousands writes a whole number with its thousands apart.
func Thousands(n int64) string { return strings.TrimSuffix(money(fmt.Sprint(n)), ".00") }
