// Package templates exists so that every artifact a deployment consists of is a file that
// a Genesys Cloud engineer can read and replace: the Architect flow, the data actions, the
// control table and the agent script. It only embeds them; pkg/blueprint renders them.
package templates

import "embed"

// FS holds the templates by the paths under which a replacement directory has them too.
//
//go:embed flow actions tables script
var FS embed.FS
