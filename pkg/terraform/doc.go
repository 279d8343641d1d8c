// Package terraform exists so that data actions which stand in Terraform files are checked and
// run like exported ones: it reads the resources genesyscloud_integration_action,
// genesyscloud_integration_action_draft and genesyscloud_integration_custom_auth_action of a
// folder, evaluates what of them the folder alone decides, and gives definitions of
// pkg/dataaction whose places are those of the .tf files.
//
// Terraform reads a folder as a module, so locals, variables and integrations of all its files
// count. What only Terraform or the org knows (other resources, data sources, modules, variables
// without a value) is named with its place and reason, and the rest is checked: a template has a
// reference in its place, which every check lets pass.
//
// Files arrive as texts. What file() and templatefile() name is asked of the caller, who must
// not leave the folder. Values marked sensitive are not looked at unless the caller asks for
// them, and then they are told as secrets. Expressions are read and evaluated by HashiCorp's own
// library, within limits of size, depth and work.
package terraform
