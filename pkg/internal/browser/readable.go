package browser

import (
	"strconv"
	"strings"
)

// Small is the smallest height of letters in CSS pixels that a page may have on a screen; of paper see Paper.
const Small = 11

// readable gives what a reader cannot read: a page that must be pushed sideways, letters that are too small, words that
// are cut off where nothing scrolls. It also looks into pictures, whose letters are as large as the picture lets them.
const readable = `(() => {
  const out = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) {
    let widest = root, right = 0;
    for (const e of document.querySelectorAll("body *")) {
      const r = e.getBoundingClientRect();
      if (r.right > right && ![...ancestors(e)].some(a => a !== root && a !== document.body && getComputedStyle(a).overflowX !== "visible")) [widest, right] = [e, r.right];
    }
    out.push("the page is " + root.scrollWidth + " pixels wide of " + innerWidth + ", for " + name(widest));
  }
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const small = new Map();
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !e || ["SCRIPT", "STYLE", "TITLE", "title", "desc", "OPTION", "style", "script"].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    if (style.visibility !== "visible" || !shown(e)) continue;
    let size = parseFloat(style.fontSize);
    if (e.getScreenCTM) size *= Math.hypot(e.getScreenCTM().a, e.getScreenCTM().b);
    const key = name(e);
    if (size < LIMIT - 0.05 && !small.has(key)) small.set(key, "letters of " + size.toFixed(1) + " pixels in " + key + ": " + n.data.trim().slice(0, 40));
    if (e instanceof HTMLElement && cut(e)) out.push("words are cut off in " + key + ": " + n.data.trim().slice(0, 40));
  }
  out.push(...small.values());
  return [...new Set(out)].slice(0, 20);
  function* ancestors(e) { for (; e; e = e.parentElement) yield e; }
  function shown(e) {
    const r = document.createRange();
    r.selectNodeContents(e);
    const b = r.getBoundingClientRect();
    return b.width > 1 && b.height > 1 && e.checkVisibility({opacityProperty: true, visibilityProperty: true});
  }
  // What only screen readers are told is a pixel wide.
  function cut(e) {
    for (const a of ancestors(e)) {
      const s = getComputedStyle(a);
      if (a.clientWidth <= 1) return false;
      if (s.overflowX === "auto" || s.overflowX === "scroll") return false;
      if ((s.overflowX === "hidden" || s.overflowX === "clip") && a.scrollWidth > a.clientWidth + 1) return s.textOverflow !== "ellipsis" || !(a.title || e.title);
    }
    return false;
  }
  function name(e) { return e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + [...e.classList].map(c => "." + c).join(""); }
})()`

// Readable fails the test where a reader would have to push the page sideways, come closer or guess: see readable.
func (p *Page) Readable(what string) {
	p.t.Helper()
	limit := Small
	if p.look.Paper {
		limit = OnPaper
	}
	for _, s := range Value[[]string](p, strings.ReplaceAll(readable, "LIMIT", strconv.Itoa(limit))) {
		p.t.Errorf("%s: %s", what, s)
	}
}
