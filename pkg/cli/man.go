package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

type manOptions struct {
	session
	root *cobra.Command // whose pages are written
	out  string
}

func newManCmd(env *Env, run func(context.Context, manOptions) error) *cobra.Command {
	var o manOptions
	cmd := &cobra.Command{
		Use:   "man",
		Short: "Write the manual pages, one per command",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.session, o.root = env.session(), cmd.Root()
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.out, "out", "", "folder to write the pages to")
	return cmd
}

func runMan(_ context.Context, o manOptions) error {
	if o.out == "" {
		return fail(errors.New("nowhere to write to"), "name a folder with --out DIR")
	}
	o.root.DisableAutoGenTag = true
	pages := map[string][]byte{}
	if err := manPages(o.root, "dealroute "+o.version(), pages); err != nil {
		return err
	}
	return writeTree(o.out, pages)
}

// manPages makes the page of a command and those of the commands below it.
func manPages(cmd *cobra.Command, source string, into map[string][]byte) error {
	if !cmd.IsAvailableCommand() && cmd.HasParent() || cmd.IsAdditionalHelpTopicCommand() {
		return nil
	}
	var page bytes.Buffer
	if err := doc.GenMan(cmd, &doc.GenManHeader{Title: "DEALROUTE", Section: "1", Source: source, Date: &time.Time{}}, &page); err != nil {
		return err
	}
	into[strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"] = manPage(cmd, page.String())
	for _, c := range cmd.Commands() {
		if err := manPages(c, source, into); err != nil {
			return err
		}
	}
	return nil
}

// manPage adds what the help does not say: sections of its own, and other pages. Nothing of it is
// of today, so that a page is the same whenever it is written.
func manPage(cmd *cobra.Command, page string) []byte {
	page = strings.Replace(page, ` "Jan 0001"`, ` ""`, 1)
	page = strings.Replace(page, "\n.SH EXAMPLE\n", "\n.SH EXAMPLES\n", 1)
	body, also, _ := strings.Cut(page, "\n.SH SEE ALSO\n")
	also = strings.TrimSpace(also)
	path := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()), " ")
	for _, name := range strings.Fields(manuals()[path].also) {
		if ref := fmt.Sprintf(`\fB%s-%s(1)\fP`, cmd.Root().Name(), name); !strings.Contains(also, ref) {
			if also != "" {
				also += ", "
			}
			also += ref
		}
	}
	if also != "" {
		also = ".SH SEE ALSO\n" + also + "\n"
	}
	// sections stand in the order of man-pages(7): the examples behind the exit codes
	examples := ""
	if i := strings.Index(body, "\n.SH EXAMPLES\n"); i >= 0 {
		body, examples = body[:i], strings.TrimSpace(body[i:])+"\n"
	} else if own := manExamples()[path]; own != "" {
		examples = ".SH EXAMPLES\n.EX\n  " + strings.ReplaceAll(roff(own), "\n", "\n  ") + "\n.EE\n"
	}
	return []byte(strings.TrimRight(body, "\n") + "\n" + manSections(cmd) + examples + also)
}
