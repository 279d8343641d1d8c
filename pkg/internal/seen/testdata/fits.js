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

  // Text in its box.
  for (const n of nodes) {
    if (!n.shape) { out.push("a box without a shape: " + n.of.id); continue; }
    const box = n.shape.getBoundingClientRect();
    for (const l of lines.filter(l => l.node === n.of)) {
      for (const [x, y] of [[l.left, l.top], [l.right, l.top], [l.left, l.bottom], [l.right, l.bottom]]) {
        if (!within(n.shape, x, y)) {
          const by = Math.max(box.left - l.left, l.right - box.right);
          out.push("text leaves its box " + n.of.id + (by > 0 ? " by " + by.toFixed(1) + " pixels" : "") + ": " + words(l.of) + " (" + (l.right - l.left).toFixed(0) + " wide, the box " + box.width.toFixed(0) + ")");
          break;
        }
      }
    }
  }

  // Where an edge goes on out of sight stands in a chip at its end: its words fit, too.
  const chips = all("g.edge rect.chip").map(r => ({of: r.closest("g.edge"), ...rect(r.getBoundingClientRect())}));
  for (const c of chips) {
    for (const l of lines.filter(l => l.edge === c.of && l.of.closest(".chip-text"))) {
      const by = Math.max(c.left - l.left, l.right - c.right, c.top - l.top, l.bottom - c.bottom);
      if (by > 0.5) out.push("text leaves its chip by " + by.toFixed(1) + " pixels: " + words(l.of));
    }
  }

  const meet = (a, b, by) => a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
  for (let i = 0; i < lines.length; i++)
    for (let j = i + 1; j < lines.length; j++)
      if (meet(lines[i], lines[j], 0.5) && lines[i].of.parentNode !== lines[j].of.parentNode) out.push("text on text: " + words(lines[i].of) + " and " + words(lines[j].of));
  const boxes = [...nodes.filter(n => n.shape).map(n => ({of: n.of, ...rect(n.shape.getBoundingClientRect())})), ...chips];
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) if (meet(boxes[i], boxes[j], 1)) out.push("box on box: " + boxes[i].of.id + " and " + boxes[j].of.id);
    for (const l of lines) if (l.node !== boxes[i].of && l.edge !== boxes[i].of && !l.lane && meet(l, boxes[i], 1)) out.push("text on a box: " + words(l.of) + " on " + boxes[i].of.id);
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
  return [...new Set(out)];

  function rect(r) { return {left: r.left, right: r.right, top: r.top, bottom: r.bottom}; }
})()
