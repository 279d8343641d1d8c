package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/terraform"
)

// stdin is the argument that stands for standard input, and stdinName what findings call it.
const (
	stdin     = "-"
	stdinName = "<stdin>"
)

// A fileKind tells the files that a command works on from others in a folder.
type fileKind struct {
	one, many string // as in "a flow", "flows"
	counts    string // what counts as one, for whoever named a folder without any
	endings   []string
	is        func(name string, data []byte) bool
}

// actionFiles are exports of data actions. A broken one counts, so that it is told of.
func actionFiles() fileKind {
	return fileKind{"data action", "data actions", "files that end with .custom.json, .json files with a contract and a config, and Terraform files", []string{".json", ".tf"}, func(name string, data []byte) bool {
		if terraform.Is(name) {
			return bytes.Contains(data, []byte("genesyscloud_integration_action")) || bytes.Contains(data, []byte("genesyscloud_integration_custom_auth_action"))
		}
		return strings.HasSuffix(strings.ToLower(name), ".custom.json") || bytes.Contains(data, []byte(`"contract"`)) && bytes.Contains(data, []byte(`"config"`))
	}}
}

// flowFiles are YAML files whose first key is a type of flow.
func flowFiles() fileKind {
	return fileKind{"flow", "flows", "YAML files whose first key is the type of a flow, such as inboundCall", []string{".yaml", ".yml"}, func(_ string, data []byte) bool {
		for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
			if t := bytes.TrimSpace(line); len(t) == 0 || t[0] == '#' || bytes.HasPrefix(t, []byte("---")) || t[0] == '%' {
				continue
			}
			key, _, ok := bytes.Cut(line, []byte(":"))
			return ok && slices.Contains(architect.Types(), strings.Trim(string(key), `"' `))
		}
		return false
	}}
}

// mostFiles is how many files of a folder are looked into.
const mostFiles = 10_000

// filesOf gives the files that arguments name, each once: of a folder those of the kind in it and
// below it, by name. What is hidden there, and what a link leads to, is not looked at.
func filesOf(ctx context.Context, args []string, k fileKind) ([]string, error) {
	var out []string
	for _, arg := range args {
		found := []string{arg}
		if info, err := os.Stat(arg); arg != stdin && err == nil && info.IsDir() {
			if found, err = k.below(ctx, arg); err != nil {
				return nil, err
			}
		}
		for _, f := range found {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// below gives the files of the kind in a folder, which must have one.
func (k fileKind) below(ctx context.Context, dir string) ([]string, error) {
	var out []string
	looked := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fail(fmt.Errorf("read the folder %s: %w", path, reason(err)), "")
		case path != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || !slices.Contains(k.endings, strings.ToLower(filepath.Ext(path))):
			return nil
		}
		if looked++; looked > mostFiles {
			return fail(fmt.Errorf("%s has more than %d files", dir, mostFiles), "name a folder further down")
		}
		data, err := readFile(path, maxText)
		if err != nil || k.is(d.Name(), data) { // one that cannot be read is told of by whoever reads it
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fail(fmt.Errorf("there is no %s in the folder %s", k.one, dir), diag.Sprintf("%s are %s; what is hidden is not looked at", k.many, k.counts))
	}
	return out, nil
}

// readNamed reads the file of an argument, standard input for -, and gives the name that findings
// have for it.
// flag is that of the argument, with a blank, if it has one.
func (s session) readNamed(flag, arg string, most int64) (data []byte, name string, err error) {
	if arg != stdin {
		data, err = readFile(arg, most)
		return data, arg, err
	}
	if err := s.claim(flag + stdin); err != nil {
		return nil, stdinName, err
	}
	if s.IO.InTerminal {
		diag.Fprintf(s.IO.Err, "reading standard input; Ctrl-D ends it\n")
		if err := s.IO.flush(); err != nil {
			return nil, stdinName, err
		}
	}
	data, err = io.ReadAll(io.LimitReader(s.IO.In, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it is larger than %d kB", most>>10)
	}
	return data, stdinName, err
}

// claim takes standard input for one purpose; a second one would wait for what is gone.
func (e *Env) claim(what string) error {
	if e.claimed != "" {
		return fail(fmt.Errorf("%s and %s both ask for standard input", e.claimed, what), "give one of them a file")
	}
	e.claimed = what
	return nil
}

// notRead is the failure for a file of an argument that cannot be read.
func notRead(what, arg string, err error, hint string) error {
	var told *failure
	if errors.As(err, &told) {
		return err
	}
	if arg == stdin {
		arg = "from standard input"
	}
	return fail(fmt.Errorf("read the %s %s: %w", what, arg, err), hint)
}
