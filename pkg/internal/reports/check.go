package reports

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
)

// Known are words with digits in them that say nothing of an answer.
var known = regexp.MustCompile(`\bp(50|95|99)\b|\b429\b|\bE\.164\b`)

var (
	digits   = regexp.MustCompile(`\d`)
	scripts  = regexp.MustCompile(`(?s)<script([^>]*)>(.*?)</script>`)
	styles   = regexp.MustCompile(`(?s)<style([^>]*)>(.*?)</style>`)
	policies = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)
	outside  = regexp.MustCompile(`(?i)\bstyle=|\son[a-z]+=|\bsrc=|\bsrcset=|@import|url\(|<link|<iframe|<object|<embed|<base|href="[^#]`)
)

// Check says what is wrong with a page: figures that are not those of the answer in it, or know no
// place there, and whatever a browser would fetch or refuse. figures is how many were compared.
func Check(page []byte) (problems []string, figures int) {
	c := &checker{}
	body := c.policy(page)
	c.walk(body)
	if c.figures == 0 {
		c.say("no figure says where in the answer it stands")
	}
	return c.problems, c.figures
}

// Data is the answer that stands in a page, as JSON.
func Data(page []byte) ([]byte, error) {
	for _, m := range scripts.FindAllSubmatch(page, -1) {
		switch {
		case bytes.Contains(m[1], []byte(`data-packed="gzip"`)):
			z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(bytes.Trim(m[2], `"`))))
			if err != nil {
				return nil, err
			}
			return io.ReadAll(z)
		case bytes.Contains(m[1], []byte(`type="application/json"`)):
			return m[2], nil
		}
	}
	return nil, errors.New("the page has no answer in it")
}

type checker struct {
	problems []string
	figures  int
	data     any
}

func (c *checker) say(format string, args ...any) {
	if len(c.problems) < 40 {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

// policy checks what the browser may do, and gives the page without style and scripts.
func (c *checker) policy(page []byte) []byte {
	m := policies.FindSubmatch(page)
	if m == nil {
		c.say("the page has no content security policy")
		return page
	}
	policy := html.UnescapeString(string(m[1]))
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		c.say("the policy is too wide: %s", policy)
	}
	allowed := func(kind string, text []byte) {
		sum := sha256.Sum256(text)
		if !strings.Contains(policy, kind+" 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
			c.say("a %.10q… is not allowed by the policy", text)
		}
	}
	all := styles.FindAllSubmatch(page, -1)
	if len(all) != 1 {
		c.say("%d stylesheets", len(all))
	}
	for _, m := range all {
		allowed("style-src", m[2])
		if outside.Match(bytes.ReplaceAll(m[2], []byte("url(#"), nil)) { // which stays in the page
			c.say("the stylesheet fetches something")
		}
	}
	ran := 0
	for _, m := range scripts.FindAllSubmatch(page, -1) {
		if !bytes.Contains(m[1], []byte("type=")) {
			ran++
			allowed("script-src", m[2])
		}
	}
	if text, err := Data(page); err != nil {
		c.say("the answer in the page: %v", err)
	} else {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&c.data); err != nil {
			c.say("the answer in the page is no JSON: %v", err)
		}
	}
	if ran != 1 || c.data == nil {
		c.say("%d scripts that run, and the answer is %v", ran, c.data)
	}
	body := styles.ReplaceAll(scripts.ReplaceAll(page, nil), nil)
	ours := bytes.ReplaceAll(tags(body), []byte("url(#"), nil)
	for _, m := range outside.FindAllIndex(ours, -1) {
		c.say("the page has what a browser would fetch or refuse: …%s…", around(ours, m[0]))
	}
	return body
}

var tag = regexp.MustCompile(`<[^>]*>`)

// tags are the tags of a page, without the text between them.
func tags(body []byte) []byte { return bytes.Join(tag.FindAll(body, -1), []byte("\n")) }

func around(b []byte, at int) []byte { return b[max(0, min(at, len(b))-20):min(len(b), at+40)] }

// A node is an open element.
type node struct {
	name, path, form string
	own              bool // digits in it are not of the answer
	hidden           bool
	text             strings.Builder
}

// walk compares what can be seen.
func (c *checker) walk(body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	ids := map[string]bool{}
	var links []string
	stack := []*node{{}}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			for _, l := range links {
				if !ids[l] {
					c.say("a link leads to %s, which is not there", l)
				}
			}
			return
		}
		if err != nil {
			c.say("the page cannot be read: %v", err)
			return
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name.Local, own: top.own, hidden: top.hidden || tok.Name.Local == "title" || tok.Name.Local == "head"}
			for _, a := range tok.Attr {
				switch a.Name.Local {
				case "data-json":
					n.path = a.Value
				case "data-form":
					n.form = a.Value
				case "data-own":
					n.own = true
				case "id":
					if ids[a.Value] {
						c.say("two elements have the id %s", a.Value)
					}
					ids[a.Value] = true
				case "href":
					links = append(links, strings.TrimPrefix(a.Value, "#"))
				case "aria-hidden":
					n.hidden = true
				}
			}
			stack = append(stack, n)
		case xml.CharData:
			if !top.hidden {
				c.text(stack, string(tok))
			}
		case xml.EndElement:
			if top.path != "" {
				c.figures++
				c.compare(top)
			}
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		}
	}
}

func (c *checker) text(stack []*node, text string) {
	bound := false
	for _, n := range stack {
		if n.path != "" {
			n.text.WriteString(text)
			bound = true
		}
	}
	if !bound && !stack[len(stack)-1].own && digits.MatchString(known.ReplaceAllString(text, "")) {
		c.say("%q says no place in the answer", strings.TrimSpace(text))
	}
}

func (c *checker) compare(n *node) {
	got := n.text.String()
	want, err := c.want(n.form, n.path)
	if err != nil {
		c.say("%q: %v", got, err)
	} else if got != want {
		c.say("%s (%s): the page says %q and the answer %q", n.path, n.form, got, want)
	}
}
