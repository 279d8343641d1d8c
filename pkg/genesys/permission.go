package genesys

import (
	"slices"
	"strings"
)

// A Permission is written domain:entity:action. One that is held may have "*" for a part.
type Permission struct{ Domain, Entity, Action string }

func (p Permission) String() string { return p.Domain + ":" + p.Entity + ":" + p.Action }

// ParsePermission reads the written form; ok is false for another form.
func ParsePermission(s string) (p Permission, ok bool) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) != 3 {
		return Permission{}, false
	}
	return Permission{parts[0], parts[1], parts[2]}, true
}

// Covers reports whether one that is held includes a needed one. Case does not count.
func (p Permission) Covers(needed Permission) bool {
	part := func(held, needed string) bool { return held == "*" || strings.EqualFold(held, needed) }
	return part(p.Domain, needed.Domain) && part(p.Entity, needed.Entity) && part(p.Action, needed.Action)
}

// Permit reports whether any of those held includes a needed one, in its written form.
func Permit(held []Permission, needed string) bool {
	want, ok := ParsePermission(needed)
	return ok && slices.ContainsFunc(held, func(p Permission) bool { return p.Covers(want) })
}

// May reports whether a permission, in its written form, is held.
func (id Identity) May(permission string) bool { return Permit(id.Permissions, permission) }
