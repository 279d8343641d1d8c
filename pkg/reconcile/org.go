package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// An Org is the client of a Genesys Cloud org as this package needs it. Errors match those
// of package genesys by errors.Is.
type Org interface {
	Who(context.Context) (genesys.Identity, error)

	Find(ctx context.Context, kind genesys.Kind, name string) ([]genesys.Object, error)
	Read(ctx context.Context, kind genesys.Kind, id string) (genesys.Object, error)
	Create(ctx context.Context, kind genesys.Kind, body map[string]any) (genesys.Object, error)
	Update(ctx context.Context, kind genesys.Kind, id string, body map[string]any) (genesys.Object, error)
	Delete(ctx context.Context, kind genesys.Kind, id string) error

	GrantRole(ctx context.Context, clientID, divisionID, roleID string) error
	RevokeRole(ctx context.Context, clientID, divisionID, roleID string) error
	NewClientSecret(ctx context.Context, id string) (genesys.Object, error)

	IntegrationConfig(ctx context.Context, id string) (map[string]any, error)
	ConfigureIntegration(ctx context.Context, id string, config map[string]any) error

	ActionTemplates(ctx context.Context, id string, draft bool) (requestTemplate, successTemplate string, err error)
	ActionDrafts(ctx context.Context, name string) ([]genesys.Object, error)
	CreateActionDraft(ctx context.Context, body map[string]any) (genesys.Object, error)
	ActionDraft(ctx context.Context, id string) (genesys.Object, error)
	UpdateActionDraft(ctx context.Context, id string, body map[string]any) (genesys.Object, error)
	DeleteActionDraft(ctx context.Context, id string) error
	ValidateActionDraft(ctx context.Context, id string) ([]string, error)
	TestAction(ctx context.Context, id string, draft bool, input map[string]any) (genesys.TestRun, error)
	PublishActionDraft(ctx context.Context, id string, version int) (genesys.Object, error)

	Rows(ctx context.Context, tableID string) ([]map[string]any, error)
	AddRow(ctx context.Context, tableID string, row map[string]any) error
	PutRow(ctx context.Context, tableID, key string, row map[string]any) error
	DeleteRow(ctx context.Context, tableID, key string) error

	UploadScript(ctx context.Context, name, replace, file string) (upload string, err error)
	ScriptUpload(ctx context.Context, upload string) (done bool, message string, err error)
	PublishScript(ctx context.Context, id string) error
	PublishedScript(ctx context.Context, name string) (bool, error)

	StartFlowJob(ctx context.Context, yaml string) (string, error)
	FlowJob(ctx context.Context, id string) (genesys.Job, error)

	QueueMembers(ctx context.Context, queueID string) ([]genesys.Member, error)
	Numbers(ctx context.Context, numbers []string) (map[string]genesys.Number, error)
}
