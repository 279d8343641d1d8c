package lab

import (
	"bytes"
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/picture"
)

//go:embed page
var page embed.FS

// types are those of the page's files; the machine's own table is not asked.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".png": "image/png", ".ico": "image/x-icon",
}

// sheet is the page's one stylesheet. The colours that pages share and the rules of pictures are put before it: nothing is
// painted before the last stylesheet is there, so a second one would be a second wait.
const sheet = "lab.css"

// servePage serves the files of the page, which hold no data.
func servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeError(w, http.StatusMethodNotAllowed, "the page is only read", "use GET")
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	var data []byte
	var err error
	switch {
	case name == sheet:
		data, err = fs.ReadFile(page, path.Join("page", sheet))
		data = append([]byte(picture.Look()+picture.Style()), data...)
	case !fs.ValidPath(name) || hidden(name):
		err = fs.ErrNotExist
	default:
		data, err = fs.ReadFile(page, path.Join("page", name))
	}
	kind := types[path.Ext(name)]
	if err != nil || kind == "" {
		writeError(w, http.StatusNotFound, "there is no such page", "the lab is at /")
		return
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// hidden tells that a file, or a folder that it is in, is none of the page's.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") {
			return true
		}
	}
	return false
}

// jsonType is the one that requests must have.
func jsonType(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
