// What of a picture does not fit, measured in the browser that draws it: text and its box, boxes and boxes, labels and
// all else, lines and boxes that they do not belong to.
(() => {
  const out = [];
  const svg = document.querySelector("svg.picture");
  if (!svg) return ["there is no picture"];
  const all = s => [...svg.querySelectorAll(s)];
  const words = e => JSON.stringify(e.textContent.trim().replace(/\s+/g, " ").slice(0, 60));
  const drawn = e => e.getClientRects().length && getComputedStyle(e).visibility === "visible";

  // A line of text is a text, or each tspan of one; its box without the room above and below that no letter takes.
  const lines = all("text").flatMap(t => t.querySelector("tspan") ? [...t.querySelectorAll("tspan")] : [t]).filter(t => t.textContent.trim() && drawn(t)).map(t => {
    const r = t.getBoundingClientRect();
    const off = r.height * 0.18;
    return {of: t, left: r.left, right: r.right, top: r.top + off, bottom: r.bottom - off, node: t.closest("g.node"), edge: t.closest("g.edge"), lane: t.closest("g.lane")};
  });
  const nodes = all("g.node").map(g => ({of: g, shape: g.querySelector("rect, path, polygon, ellipse, circle")}));
  if (!nodes.length) out.push("the picture has no box");
  const frame = svg.getBoundingClientRect();
  const within = (shape, x, y) => {
    const p = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
    return shape.isPointInFill(p);
  };

  for (const l of lines) {
    if (l.left < frame.left - 0.5 || l.right > frame.right + 0.5 || l.top < frame.top - 0.5 || l.bottom > frame.bottom + 0.5) out.push("text leaves the picture: " + words(l.of));
  }

  // What is said of a box stands on its edge in a small box of its own: a number, a wait.
  const mark = t => { if (!/badge-text|wait-text|chip-text/.test(t.getAttribute("class"))) return null; for (let e = t; e; e = e.previousElementSibling) if (e.matches("rect")) return e; return null; };
  for (const l of lines) {
    l.mark = mark(l.of.closest("text"));
    if (!l.mark) continue;
    const box = l.mark.getBoundingClientRect();
    const by = Math.max(box.left - l.left, l.right - box.right, box.top - l.top, l.bottom - box.bottom);
    if (by > 0.5) out.push("text leaves its mark by " + by.toFixed(1) + " pixels: " + words(l.of));
  }
  for (const m of all("rect.badge, rect.wait, rect.chip")) {
    const box = m.getBoundingClientRect();
    for (const l of lines) if (l.mark !== m && l.left < box.right - 1 && box.left < l.right - 1 && l.top < box.bottom - 1 && box.top < l.bottom - 1) out.push("a mark on text: " + words(l.of));
  }

  // Text in its box.
  for (const n of nodes) {
    if (!n.shape) { out.push("a box without a shape: " + n.of.id); continue; }
    const box = n.shape.getBoundingClientRect();
    for (const l of lines.filter(l => l.node === n.of && !l.mark)) {
      for (const [x, y] of [[l.left, l.top], [l.right, l.top], [l.left, l.bottom], [l.right, l.bottom]]) {
        if (!within(n.shape, x, y)) {
          const by = Math.max(box.left - l.left, l.right - box.right);
          out.push("text leaves its box " + n.of.id + (by > 0 ? " by " + by.toFixed(1) + " pixels" : "") + ": " + words(l.of) + " (" + (l.right - l.left).toFixed(0) + " wide, the box " + box.width.toFixed(0) + ")");
          break;
        }
      }
    }
  }

  // Where an edge goes on out of sight stands in a chip at its end, which is a box for all others.
  const chips = all("g.edge rect.chip").map(r => ({of: r.closest("g.edge"), ...rect(r.getBoundingClientRect())}));

  const meet = (a, b, by) => a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
  for (let i = 0; i < lines.length; i++)
    for (let j = i + 1; j < lines.length; j++)
      if (meet(lines[i], lines[j], 0.5) && lines[i].of.parentNode !== lines[j].of.parentNode) out.push("text on text: " + words(lines[i].of) + " and " + words(lines[j].of));
  const boxes = [...nodes.filter(n => n.shape).map(n => ({of: n.of, ...rect(n.shape.getBoundingClientRect())})), ...chips];
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) if (meet(boxes[i], boxes[j], 1)) out.push("box on box: " + boxes[i].of.id + " and " + boxes[j].of.id);
    for (const l of lines) if (!l.mark && l.node !== boxes[i].of && l.edge !== boxes[i].of && !l.lane && meet(l, boxes[i], 1)) out.push("text on a box: " + words(l.of) + " on " + boxes[i].of.id);
  }

  // Lines, followed point by point.
  for (const e of all("g.edge")) {
    const own = [e.dataset.from, e.dataset.to];
    for (const path of e.querySelectorAll("path.line")) {
      const m = path.getScreenCTM(), far = path.getTotalLength(), hit = new Set();
      for (let at = 0; at <= far; at += 3) {
        const p = path.getPointAtLength(at).matrixTransform(m);
        const point = {left: p.x, right: p.x, top: p.y, bottom: p.y};
        for (const b of boxes) if (b.of !== e && !own.includes(b.of.dataset.node) && meet(point, b, -0.01) && within(b.of.querySelector("rect, polygon, path:not(.line, .tip), ellipse, circle"), p.x, p.y)) hit.add("a line goes through a box: " + e.id + " through " + b.of.id);
        for (const l of lines) if (meet(point, l, 0.3)) hit.add("a line goes through text: " + e.id + " through " + words(l.of));
      }
      out.push(...hit);
    }
  }

  // Words and what they stand on (hatching aside) differ by 4.5 to 1 at least, as WCAG asks (1.4.3).
  const shapes = all("rect, polygon, path, ellipse, circle").filter(e => getComputedStyle(e).fill.startsWith("rgb")).map(e => ({of: e, ...rect(e.getBoundingClientRect())}));
  const paper = colour(getComputedStyle(svg).backgroundColor);
  for (const l of lines) {
    const x = (l.left + l.right) / 2, y = (l.top + l.bottom) / 2;
    const under = shapes.filter(s => s.left <= x && x <= s.right && s.top <= y && y <= s.bottom && s.of.compareDocumentPosition(l.of) & Node.DOCUMENT_POSITION_FOLLOWING && within(s.of, x, y)).pop();
    const ratio = contrast(colour(getComputedStyle(l.of).fill), under ? colour(getComputedStyle(under.of).fill) : paper);
    if (ratio < 4.5) out.push("contrast of " + ratio.toFixed(1) + " to 1: " + words(l.of));
  }
  return [...new Set(out)];

  function colour(text) { return text.match(/[\d.]+/g).slice(0, 3).map(Number); }
  function contrast(a, b) {
    const light = c => c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((n, v, i) => n + v * [0.2126, 0.7152, 0.0722][i], 0);
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  }
  function rect(r) { return {left: r.left, right: r.right, top: r.top, bottom: r.bottom}; }
})()
