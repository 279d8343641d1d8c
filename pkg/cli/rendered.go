package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// listName is the file in a rendered folder that says which files render wrote there, each with
// the hash of its content: what no later render writes is removed by it, and nothing else.
const listName = ".dealroute-render.json"

// A rendered list is what that file holds.
type rendered struct {
	Schema int               `json:"schema"`
	Files  map[string]string `json:"files"` // by path with slashes
}

func hashOf(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// writeRendered makes a folder hold these files and no others that an earlier render left
// there. It gives the names of those that were removed, and of those that were to go and
// stayed, since somebody has edited them.
func writeRendered(dir string, files map[string][]byte) (removed, kept []string, err error) {
	for _, name := range append(sortedNames(files), listName) {
		if err := free(dir, name); err != nil {
			return nil, nil, err
		}
	}
	earlier, err := readRendered(dir)
	if err != nil {
		return nil, nil, err
	}
	// The list names what is on its way before it is written, so that a run that ends in between
	// leaves nothing that the next one does not know.
	both := rendered{Schema: 1, Files: map[string]string{}}
	now := rendered{Schema: 1, Files: map[string]string{}}
	for name, hash := range earlier.Files {
		both.Files[name] = hash
	}
	for name, data := range files {
		both.Files[name], now.Files[name] = hashOf(data), hashOf(data)
	}
	if err := writeTree(dir, map[string][]byte{listName: both.text()}); err != nil {
		return nil, nil, err
	}
	if err := writeTree(dir, files); err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open folder %s: %w", dir, reason(err))
	}
	defer root.Close() //nolint:errcheck // nothing is written by it
	for _, name := range sortedNames(earlier.Files) {
		if _, still := files[name]; still {
			continue
		}
		switch gone, err := withdraw(root, name, earlier.Files[name]); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return removed, kept, fmt.Errorf("remove %s: %w", filepath.Join(dir, name), reason(err))
		case gone:
			removed = append(removed, name)
		default:
			kept = append(kept, name)
		}
	}
	return removed, kept, writeTree(dir, map[string][]byte{listName: now.text()})
}

func (r rendered) text() []byte {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil { // texts only
		panic(err)
	}
	return append(data, '\n')
}

// readRendered reads the list of a folder; a folder without one was not rendered.
func readRendered(dir string) (rendered, error) {
	var out rendered
	name := filepath.Join(dir, listName)
	data, err := readFile(name, maxText)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("read %s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil || out.Schema != 1 {
		return out, fail(fmt.Errorf("%s is not a list of rendered files", name), "remove it, and what earlier renders left stays; or name another folder")
	}
	return out, nil
}

// withdraw removes a file that still is as render wrote it, and folders that are empty then.
// Nothing outside of the folder is touched, whatever a list says.
func withdraw(root *os.Root, name, hash string) (gone bool, err error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) || name == listName {
		return false, nil
	}
	info, err := root.Lstat(name)
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, nil
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return false, err
	}
	if hashOf(data) != hash {
		return false, nil
	}
	if err := root.Remove(name); err != nil {
		return false, err
	}
	for in := path.Dir(name); in != "." && root.Remove(in) == nil; in = path.Dir(in) { // until one holds something else
	}
	return true, nil
}

// free refuses a link or a folder where a file is to be written, and a link or a file where its
// folder is to be: what stands there is somebody's.
func free(dir, name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil // it is refused when it is written
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		at := filepath.Join(dir, filepath.FromSlash(strings.Join(parts[:i+1], "/")))
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look at %s: %w", at, reason(err))
		}
		last := i == len(parts)-1
		switch mode := info.Mode(); {
		case mode&fs.ModeSymlink != 0:
			return fail(fmt.Errorf("%s is a link, and render writes no file through one", at), "remove it, or name another folder; nothing was written")
		case last && mode.IsDir():
			return fail(fmt.Errorf("%s is a folder, and a file of that name is to be written", at), "remove it, or name another folder; nothing was written")
		case last != mode.IsRegular():
			return fail(fmt.Errorf("%s is in the way of what is to be written", at), "remove it, or name another folder; nothing was written")
		}
	}
	return nil
}
