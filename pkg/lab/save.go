package lab

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/secret"
)

// place is where the text is saved.
func (s *Server) place() Place {
	s.mu.Lock()
	f, edited := s.cfg.File, !bytes.Equal(s.text, s.saved)
	s.mu.Unlock()
	p := Place{Why: some(s.cfg.Why)}
	switch {
	case f != nil:
		p = placeOf(f)
	case s.cfg.New != nil:
		p.Name, p.Save = "dealroute.yaml", true
	}
	p.Edited = edited
	return p
}

func (s *Server) suitePlace() Place {
	if s.cfg.Suite == nil {
		return Place{Why: some(s.cfg.Why)}
	}
	return placeOf(s.cfg.Suite)
}

func placeOf(f File) Place {
	path := filepath.ToSlash(f.Path())
	_, err := f.Read()
	return Place{Name: filepath.Base(f.Path()), Path: &path, There: !errors.Is(err, fs.ErrNotExist), Save: true}
}

// A Save asks for the text to be written to the file.
type Save struct {
	Revision *int   `json:"revision"`
	Confirm  bool   `json:"confirm"`
	Over     string `json:"over"` // hash of what is there, which is written over
	Name     string `json:"name"` // of a new file, where the text has none
}

// Saved is what was written, or what would be.
type Saved struct {
	Path    string   `json:"path"`
	Bytes   int      `json:"bytes"`
	Written bool     `json:"written"`
	Creates bool     `json:"creates"`
	Disk    *string  `json:"disk"` // hash of what is there now
	Diff    []string `json:"diff"` // of a unified diff, from what is there
}

func (s *Server) postSave(_ context.Context, b Save) (any, error) {
	s.disk.Lock()
	defer s.disk.Unlock()
	text, saved, known, err := s.toSave(b.Revision)
	if err != nil {
		return nil, err
	}
	f, err := s.fileFor(b.Name)
	if err != nil {
		return nil, err
	}
	there, err := f.Read()
	out := Saved{Path: filepath.ToSlash(f.Path()), Bytes: len(text), Creates: errors.Is(err, fs.ErrNotExist)}
	if err != nil && !out.Creates {
		return nil, refuse(http.StatusInternalServerError, "see whether the file can be read", "read %s: %v", out.Path, err)
	}
	out.Diff = diffLines(there, text)
	if !out.Creates {
		h := hash(there)
		out.Disk = &h
		if changed := known && !bytes.Equal(there, saved) || !known; changed && b.Over != h {
			return nil, s.changedOnDisk(out.Path, there, known)
		}
	}
	if !b.Confirm {
		return out, nil
	}
	if s.ended {
		return nil, errEnded
	}
	if err := f.Write(text); err != nil {
		return nil, refuse(http.StatusInternalServerError, "see whether the folder can be written; the text is still here", "%v", err)
	}
	s.mu.Lock()
	s.cfg.File, s.saved = f, text
	s.mu.Unlock()
	h := hash(text)
	out.Written, out.Disk = true, &h
	return out, nil
}

// toSave is the text that a page wants to save, and how it was on disk. known: what was read of its
// file is what was edited.
func (s *Server) toSave(revision *int) (text, saved []byte, known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case revision == nil:
		return nil, nil, false, refuse(0, "send the revision that is shown", "revision is missing")
	case *revision != s.revision:
		return nil, nil, false, s.overtaken()
	case HoldsSecret(s.text, s.cfg.Known):
		return nil, nil, false, refuse(0, "take it out: secrets come from the environment, never from this file", "the text holds what looks like a secret, and is not saved")
	}
	return s.text, s.saved, s.cfg.File != nil, nil
}

// HoldsSecret tells that a text is none for a page: it would be given dots for what looks like a
// secret, or is one of this run, and would send them back as the text to save.
func HoldsSecret(text []byte, known *secret.Known) bool {
	return !bytes.Equal(deployment.Redact(text), text) || known.Hide(string(text)) != string(text)
}

// fileFor is the file of the text, or a new one of that name. The lock of files is held.
func (s *Server) fileFor(name string) (File, error) {
	switch {
	case s.cfg.File != nil && name == "":
		return s.cfg.File, nil
	case s.cfg.File != nil:
		return nil, refuse(0, "leave name out", "the text is that of %s, and is saved there", filepath.ToSlash(s.cfg.File.Path()))
	case s.cfg.New == nil:
		return nil, refuse(0, s.cfg.Why, "the text is not that of a file, and cannot be saved")
	case name == "":
		return nil, refuse(0, "send a name, such as dealroute.yaml: the file is made in the folder in which the lab was started", "the text is on no disk yet")
	case !plainName(name):
		return nil, refuse(0, "use letters, digits, dots and dashes, with .yaml at the end", "%q is no plain name of a file", name)
	}
	return s.cfg.New(name)
}

// plainName tells that a name leads nowhere else, hides nothing and is that of a YAML file: of none
// of the devices of Windows either.
func plainName(name string) bool {
	ok := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
	return ok && len(name) <= 100 && filepath.IsLocal(name) && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "-") && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml"))
}

func (s *Server) changedOnDisk(path string, there []byte, known bool) error {
	h, text := hash(there), string(deployment.Redact(there))
	message, hint := path+" has changed on disk since it was read", "take its text, or save over it"
	if !known {
		message, hint = path+" is there already", "use another name, or save over it"
	}
	return &conflict{errorAnswer: newError(message, hint), Disk: &h, DiskText: &text}
}

// diffLines are the lines of a unified diff, without its head.
func diffLines(was, is []byte) []string {
	if bytes.Equal(was, is) {
		return []string{}
	}
	text := udiff.Unified("disk", "text", string(was), string(is))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return lines[min(2, len(lines)):]
}

// postReload takes the file's text instead of the edited one, and reads what stands beside it again.
func (s *Server) postReload(ctx context.Context, _ struct{}) (any, error) {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.cfg.File == nil {
		return nil, refuse(0, s.cfg.Why, "the text is not that of a file")
	}
	text, err := s.cfg.File.Read()
	if err != nil {
		hint := "see whether the file can be read; the text is still here"
		if errors.Is(err, fs.ErrNotExist) {
			hint = "save the text to make the file again"
		}
		return nil, refuse(http.StatusInternalServerError, hint, "read %s: %v", filepath.ToSlash(s.cfg.File.Path()), err)
	}
	if HoldsSecret(text, s.cfg.Known) {
		return nil, refuse(0, "take it out of the file: secrets come from the environment", "%s holds what looks like a secret now, and is not shown", filepath.ToSlash(s.cfg.File.Path()))
	}
	s.mu.Lock()
	j := s.offer(text)
	s.saved = s.text
	s.mu.Unlock()
	j.wait(ctx, soon)
	return s.show(), nil
}

// A Keep asks for a call to be added to the suite.
type Keep struct {
	Call    int    `json:"call"`
	Name    string `json:"name"`
	Confirm bool   `json:"confirm"`
	Over    string `json:"over"` // hash of the suite as it was when this was asked
}

// Kept is the entry that was added to the suite, or would be.
type Kept struct {
	Path    string   `json:"path"`
	Creates bool     `json:"creates"`
	Written bool     `json:"written"`
	Entry   string   `json:"entry"` // its number masked
	Notes   []string `json:"notes"`
	Calls   int      `json:"calls"` // of the suite, with this one
	Disk    *string  `json:"disk"`
}

// longestName bounds the name of a call, in bytes.
const longestName = 200

func (s *Server) postKeep(ctx context.Context, b Keep) (any, error) {
	f := s.cfg.Suite
	if f == nil {
		return nil, refuse(0, s.cfg.Why, "there is no suite to which the call could be added")
	}
	if len(b.Name) > longestName || strings.ContainsFunc(b.Name, func(r rune) bool { return r < ' ' }) {
		return nil, refuse(0, "write one short line", "the name is no line of at most %d bytes", longestName)
	}
	s.mu.Lock()
	m, err := s.number(b.Call)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	s.disk.Lock()
	defer s.disk.Unlock()
	entry, notes, err := m.work.Desk.Entry(ctx, b.Name, m.before, m.dial, m.seen.Outcome)
	if err != nil {
		return nil, err
	}
	there, err := f.Read()
	out := Kept{Path: filepath.ToSlash(f.Path()), Creates: errors.Is(err, fs.ErrNotExist), Entry: m.seen.Mask.Text(entry), Notes: append([]string{}, notes...)}
	if err != nil && !out.Creates {
		return nil, refuse(http.StatusInternalServerError, "see whether the file can be read", "read %s: %v", out.Path, err)
	}
	if !out.Creates {
		h := hash(there)
		if out.Disk = &h; b.Confirm && b.Over != h {
			return nil, &conflict{errorAnswer: newError(out.Path+" has changed since it was asked", "look at it, and ask again"), Disk: &h}
		}
	}
	text, n, err := s.cfg.Append(there, entry)
	if err != nil {
		return nil, err
	}
	out.Calls = n
	if !b.Confirm {
		return out, nil
	}
	if s.ended {
		return nil, errEnded
	}
	if err := f.Write(text); err != nil {
		return nil, refuse(http.StatusInternalServerError, "see whether the folder can be written", "%v", err)
	}
	h := hash(text)
	out.Written, out.Disk = true, &h
	return out, nil
}
