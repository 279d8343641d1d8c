package cli

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// The most bytes that are read of a file. What a decoder takes may be less, and it says so
// with a code; these keep a wrong file from being read at all.
const (
	maxText       = 16 << 20  // what people and vendors write
	maxDeployment = 2 << 20   // a deployment file
	maxSettings   = 64 << 10  // of the user or of Genesys' own tool
	maxState      = 256 << 20 // of a sandbox
)

// readFile reads a file of the user's. It must be a regular one: a pipe waits for whoever may
// write into it, and a device has no end.
func readFile(name string, most int64) ([]byte, error) {
	info, err := os.Stat(name) // first: to open a pipe is to wait
	if err != nil {
		return nil, reason(err)
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	large := fmt.Errorf("the file is larger than %d kB", most>>10)
	if info.Size() > most {
		return nil, large
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, reason(err)
	}
	if int64(len(data)) > most {
		return nil, large // it grew, or tells no size
	}
	return data, nil
}

// openFile opens a file of the user's that is read bit by bit, however long it is.
func openFile(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name) // first: to open a pipe is to wait
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, reason(err)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	return f, nil
}

// othersRead reports whether other users of the machine may read a file, by its mode. Mounts of
// containers have the mode that the platform gives them, in a place where nobody else lives: Docker mounts
// secrets below /run/secrets, Kubernetes behind a link called ..data.
func othersRead(name string) (mode fs.FileMode, is bool) {
	info, err := os.Stat(name)
	if err != nil || runtime.GOOS == "windows" {
		return 0, false
	}
	if _, err := os.Lstat(filepath.Join(filepath.Dir(name), "..data")); err == nil {
		return info.Mode().Perm(), false
	}
	for _, mount := range []string{"/run/secrets/", "/var/run/secrets/"} {
		if strings.HasPrefix(filepath.Clean(name), mount) {
			return info.Mode().Perm(), false
		}
	}
	return info.Mode().Perm(), info.Mode().Perm()&0o077 != 0
}

func regular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return errors.New("it is a folder")
	case !mode.IsRegular():
		return errors.New("it is no regular file")
	}
	return nil
}

// A folder is a file system whose files are read by readFile.
type folder string

// Open is what fs.FS asks for; files are read by ReadFile.
func (f folder) Open(name string) (fs.File, error) { return os.DirFS(string(f)).Open(name) }

// ReadFile reads a file below the folder.
func (f folder) ReadFile(name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	}
	data, err := readFile(filepath.Join(string(f), filepath.FromSlash(name)), maxText)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// A file that is being written bears a name of its own: what a killed run leaves is known by
// it, and two runs never write into one.
const (
	unfinished = ".dealroute-"
	part       = ".part"
)

// parts begins the names under which a file is written until it is whole.
func parts(base string) string {
	h := fnv.New64a()
	h.Write([]byte(base)) //nolint:errcheck // a hash takes everything
	return fmt.Sprintf("%s%016x-", unfinished, h.Sum64())
}

// sweep removes what killed runs left in a folder of files whose names begin so. A run that
// goes on loses its file and says so; nothing is half written.
func sweep(root *os.Root, dir, begin string) {
	d, err := root.Open(dir)
	if err != nil {
		return
	}
	defer d.Close() //nolint:errcheck // it was only read
	for {
		es, err := d.ReadDir(1000)
		for _, e := range es {
			if strings.HasPrefix(e.Name(), begin) && strings.HasSuffix(e.Name(), part) && e.Type().IsRegular() {
				root.Remove(path.Join(dir, e.Name())) //nolint:errcheck // it is in nobody's way
			}
		}
		if err != nil || len(es) == 0 {
			return
		}
	}
}

// linked is the file that a name stands for: a link stays a link, also one to a file that is not there
// yet, which is made as a shell would make it.
func linked(name string) (string, error) {
	for at, hops := name, 0; hops < 40; hops++ {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return real, nil
		}
		to, err := os.Readlink(at)
		if err != nil {
			return at, nil //nolint:nilerr // no link stands there: whoever opens its folder says what is wrong
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(at))
			if err != nil {
				return "", reason(err)
			}
			to = filepath.Join(dir, to)
		}
		at = to
	}
	return "", errors.New("its links lead round in a circle")
}

// within does something in the folder of a file.
func within(name string, do func(root *os.Root, base string) error) error {
	to, err := linked(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	name = to
	root, err := os.OpenRoot(filepath.Dir(name))
	if err == nil {
		err = errors.Join(do(root, filepath.Base(name)), root.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, reason(err))
	}
	return nil
}

// writeFile writes a file whole or not at all: to a new file beside it, then renamed.
func writeFile(name string, data []byte, mode os.FileMode) error {
	return within(name, func(root *os.Root, base string) error { return replace(root, base, data, mode) })
}

// mayCreate reports whether a file could be written under a name, by making one beside it that goes at once.
func mayCreate(name string) error {
	return within(name, func(root *os.Root, base string) error {
		temp := fmt.Sprintf("%s%016x%s", parts(base), rand.Uint64(), part)
		f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), root.Remove(temp))
	})
}

// rewriteFile writes a file whole or not at all. One that is there keeps its mode.
func rewriteFile(name string, data []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return writeFile(name, data, 0o644)
	}
	mode := info.Mode().Perm()
	return within(name, func(root *os.Root, base string) error {
		if err := replace(root, base, data, mode); err != nil {
			return err
		}
		return root.Chmod(base, mode) // whatever the process takes away from new files
	})
}

// replace writes a file below a folder whole or not at all. A link that stands there is
// replaced, and none leads out of the folder.
func replace(root *os.Root, name string, data []byte, mode os.FileMode) (err error) {
	dir, base := path.Split(name)
	temp := fmt.Sprintf("%s%s%016x%s", dir, parts(base), rand.Uint64(), part)
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()         //nolint:errcheck // the first error counts
			root.Remove(temp) //nolint:errcheck // nothing else can be done
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return root.Rename(temp, name)
}

// writeTree writes files below a folder, each whole, and never outside of it: neither a name
// nor a link that stands there leads out. Other files there stay.
func writeTree(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make folder %s: %w", dir, reason(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, reason(err))
	}
	defer root.Close() //nolint:errcheck // nothing is written by it
	seen, swept := map[string]string{}, map[string]bool{}
	for _, name := range sortedNames(files) {
		if other, twice := seen[strings.ToLower(name)]; twice {
			return fmt.Errorf("%s and %s are one file where letter case does not count", other, name)
		}
		seen[strings.ToLower(name)] = name
	}
	for _, name := range sortedNames(files) {
		if in := path.Dir(name); !swept[in] {
			if err := root.MkdirAll(in, 0o755); err != nil {
				return fmt.Errorf("make folder for %s: %w", filepath.Join(dir, filepath.FromSlash(name)), reason(err))
			}
			sweep(root, in, unfinished)
			swept[in] = true
		}
		if err := replace(root, name, files[name], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", filepath.Join(dir, filepath.FromSlash(name)), reason(err))
		}
	}
	return nil
}

// readBelow gives a reader of the files below a folder, which no path and no link leads out of,
// and the names of those in it that count, sorted.
func readBelow(dir string, counts func(name string) bool) (read func(name string) ([]byte, error), names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, reason(err)
	}
	for _, e := range entries {
		if counts(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return func(name string) ([]byte, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, reason(err)
		}
		defer root.Close()           //nolint:errcheck // it was only read
		info, err := root.Stat(name) // first: to open a pipe is to wait
		if err != nil {
			return nil, err
		}
		if err := regular(info); err != nil {
			return nil, err
		}
		if info.Size() > maxText {
			return nil, fmt.Errorf("the file is larger than %d kB", maxText>>10)
		}
		f, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		return io.ReadAll(io.LimitReader(f, maxText))
	}, names, nil
}
