package cli

import (
	"errors"
	"strings"

	"github.com/dealroute/dealroute/pkg/view"
	"github.com/spf13/cobra"
)

// commands lists every command; the help shows them in groups.
func commands(env *Env) map[string][]*cobra.Command {
	return map[string][]*cobra.Command{
		groupDeploy:    {newDemoCmd(env, runDemo), newInitCmd(env, runInit), newPlanCmd(env, runPlan), newSetupCmd(env, runSetup), newDestroyCmd(env, runDestroy), newRotateCmd(newRotateKeyCmd(env, runRotateKey), newRotateClientCmd(env, runRotateClient))},
		groupRun:       {newStatusCmd(env, runStatus), newDoctorCmd(env, runDoctor), newSwitchCmd(env, runSwitch), newBreakerCmd(env, runBreaker), newTokenCmd(newTokenRenewCmd(env, runTokenRenew)), newAuthCmd(newAuthCheckCmd(env, runAuthCheck))},
		groupLook:      {newValidateCmd(env, runValidate), newSimulateCmd(env, runSimulate, newSimulateMergeCmd(env, runSimulateMerge)), newGraphCmd(env, runGraph), newRenderCmd(env, runRender), newSandboxCmd(env, runSandbox, runSandboxReset), newLabCmd(env, runLab)},
		groupLanguages: {newEvalCmd(env, runEval, runEvalVelocity, runEvalJSONPath), newFlowCmd(newFlowCheckCmd(env, runFlowCheck), newFlowRunCmd(env, runFlowRun), newFlowProveCmd(env, runFlowProve)), newActionCmd(newActionCheckCmd(env, runActionCheck), newActionRunCmd(env, runActionRun))},
		groupOther:     {newExplainCmd(env, runExplain), newSchemaCmd(env), newManCmd(env, runMan), newVersionCmd(env, runVersion)},
	}
}

const (
	groupDeploy    = "deploy"
	groupRun       = "run"
	groupLook      = "look"
	groupLanguages = "languages"
	groupOther     = "other"
)

func newRoot(env *Env, all map[string][]*cobra.Command) *cobra.Command {
	var explain, version bool
	root := &cobra.Command{
		Use:   "dealroute",
		Short: "Route Genesys Cloud calls by what HubSpot knows of the caller",
		Long: `dealroute makes Genesys Cloud CX route inbound calls by what HubSpot knows of the caller.

One file, dealroute.yaml, describes the deployment. From it the real data actions and the
Architect flow are rendered, checked, run against callers, and set up in an org.

Exit codes: 0 done or nothing to do; 2 the question was answered and the answer is no;
1 anything else that is not success; 130 interrupted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return runVersionLine(cmd.Context(), env.session())
			}
			return cmd.Help()
		},
	}
	root.SetIn(env.IO.In)
	root.SetOut(env.IO.Out) // before the completion's commands are made, which ask only then
	root.SetErr(env.IO.Err)
	addSettings(root.PersistentFlags())
	addSecrets(root)
	root.PersistentFlags().BoolVar(&explain, "explain-config", false, "print every setting with its source, and stop")
	root.Flags().BoolVar(&version, "version", false, "print the version of this program, and stop")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(printHelp(env))
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Name() == cobra.ShellCompRequestCmd || cmd.Name() == cobra.ShellCompNoDescRequestCmd {
			return nil // a shell asks for words, whatever the settings are
		}
		s, err := readSettings(env, cmd.Flags())
		if err != nil {
			return err
		}
		if env.given, err = s.settings(strings.Fields(cmd.Annotations[formatsOf])); err != nil {
			return err
		}
		env.dress(env.given.plain, env.given.format)
		env.known.AddURL(env.given.genesysBase)
		env.known.AddURL(env.given.hubspotBase)
		cmd.SetContext(env.limit(cmd.Context(), isServer(cmd)))
		if err := env.takeSecrets(cmd); err != nil || !explain {
			return err
		}
		if err := adoptDeployment(env.session(), s); err != nil {
			return err
		}
		if env.given.json {
			err = view.JSON(env.IO.Out, view.Settings{Schema: view.Schema, Settings: s.explained(), Secrets: env.explainedSecrets()})
		} else {
			err = view.PrintSettings(env.IO.Out, s.explained(), env.explainedSecrets())
		}
		if err != nil {
			return err
		}
		return errExplained
	}
	titles := []struct{ id, title string }{
		{groupDeploy, "Deploy:"}, {groupRun, "Keep it running:"}, {groupLook, "Look and try:"}, {groupLanguages, "Languages:"}, {groupOther, "Other:"},
	}
	for _, g := range titles {
		if len(all[g.id]) > 0 {
			root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		}
		for _, c := range all[g.id] {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID(groupOther)
	root.SetCompletionCommandGroupID(groupOther)
	root.InitDefaultCompletionCmd("completion") // any argument: it is left out for a program without commands
	if c, _, err := root.Find([]string{"completion"}); err == nil && c != root {
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() } // so that its arguments are checked
	}
	strictHelp(root)
	complete(env, root)
	return root
}

// formatsOf is the annotation of a command that names what it writes beside text and JSON.
const formatsOf = "formats"

// errExplained ends a command whose settings were asked for instead of its work.
var errExplained = errors.New("settings explained")
