// The picture of the flow: taken from the server, marked as far as the call has come, and moved so
// that what happens is in sight.

import { $, lessMotion } from "./dom.js";

export class Picture {
  #box;
  #svg = null;
  #zoom = 0; // 0: as wide as the box, but never too small to read
  #fits = false; // as wide as the box, however small that is
  #sizes = new Map(); // of the kinds that are not shown
  #followed = "";
  #kind = "";
  #own = false; // the person looks elsewhere: the call is not followed
  #calls = false; // a call is walked through it
  #change = -1; // of the boxes that changed, the one that was shown last

  /** @param {(node: string, lane: number) => void} chosen a box was clicked on */
  constructor(chosen) {
    this.#box = $("picture");
    this.#box.addEventListener("click", (event) => {
      const link = event.target.closest?.("a");
      if (link) {
        event.preventDefault(); // the address is the page's
        this.#follow(link.closest(".edge").dataset.to, false, true);
        return;
      }
      const node = event.target.closest?.(".node");
      if (node && getSelection().isCollapsed) chosen(node.dataset.node, Number(node.dataset.lane));
    });
    // Who moves the picture looks at something: the call goes on without moving it, until it is to be followed again.
    const moved = () => this.followed(false);
    this.#box.addEventListener("wheel", moved, { passive: true });
    this.#box.addEventListener("touchmove", moved, { passive: true });
    this.#box.addEventListener("pointerdown", (event) => event.target === this.#box && moved()); // on a bar
    this.#box.addEventListener("keydown", (event) => /^(?:Arrow(?:Up|Down)|Page(?:Up|Down))$/.test(event.key) && moved());
    $("follow").addEventListener("click", () => {
      this.followed(true);
      this.#box.focus({ preventScroll: true }); // the button goes
      this.#follow(this.#followed, false, true);
    });
    $("zoom-in").addEventListener("click", () => this.#resize(this.#factor() * 1.25));
    $("zoom-out").addEventListener("click", () => this.#resize(this.#factor() / 1.25));
    $("zoom-fit").addEventListener("click", () => this.#resize(0, !this.#fits));
    new ResizeObserver(() => this.#size()).observe(this.#box);
  }

  /** @param {string} text SVG as the server wrote it; empty: none */
  show(text, label, kind) {
    // Of the same kind: what was in sight stays in sight.
    const [left, top] = kind === this.#kind ? [this.#box.scrollLeft, this.#box.scrollTop] : [0, 0];
    if (kind !== this.#kind) {
      // Each kind has the size that it was given.
      this.#sizes.set(this.#kind, [this.#zoom, this.#fits]);
      [this.#zoom, this.#fits] = this.#sizes.get(kind) ?? [0, false];
      $("zoom-fit").setAttribute("aria-pressed", String(this.#fits));
    }
    this.#kind = kind;
    this.#svg = null;
    this.#box.replaceChildren();
    this.#followed = "";
    this.#change = -1;
    this.#calls = false;
    this.followed(true);
    this.#box.setAttribute("aria-label", label);
    if (!text) return;
    // Read as HTML, which takes an SVG without a namespace; scripts in it would not run.
    const page = new DOMParser().parseFromString(text, "text/html");
    const svg = page.querySelector("svg");
    if (!svg) return;
    this.#svg = document.adoptNode(svg);
    this.#box.append(this.#svg);
    this.#size();
    this.#box.scrollTo(left, top);
  }

  /** Whether the picture goes along with the call. */
  followed(is) {
    this.#own = !is;
    $("follow").hidden = is || !this.#calls;
  }

  #natural() {
    const box = this.#svg.viewBox?.baseVal;
    return { width: box?.width || Number(this.#svg.getAttribute("width")) || 800, height: box?.height || Number(this.#svg.getAttribute("height")) || 600 };
  }

  #factor() {
    if (!this.#svg) return 1;
    if (this.#zoom) return this.#zoom;
    const fit = (this.#box.clientWidth - 16) / this.#natural().width;
    return Math.max(this.#fits ? 0.1 : 0.92, Math.min(1, fit));
  }

  #size() {
    if (!this.#svg) return;
    const { width, height } = this.#natural();
    const factor = this.#factor();
    this.#svg.style.width = `${Math.round(width * factor)}px`;
    this.#svg.style.height = `${Math.round(height * factor)}px`;
  }

  #resize(factor, fits = false) {
    this.#fits = fits;
    $("zoom-fit").setAttribute("aria-pressed", String(fits));
    this.#zoom = factor === 0 ? 0 : Math.max(0.3, Math.min(3, factor));
    this.#size();
    this.#follow(this.#followed, true);
  }

  /**
   * Marks what the call passed up to a step, and where it is.
   * @param {{node: string|null, edges: string[]}[]} steps edges: by which the call came to the node
   * @param {number} at
   * @param {boolean} quick no time to move smoothly
   */
  walk(steps, at, quick = false) {
    if (!this.#svg) return;
    const nodes = new Set();
    const edges = new Set();
    for (let i = 0; i < at; i++) {
      nodes.add(steps[i].node);
      for (const edge of steps[i].edges || []) edges.add(edge);
    }
    if (at > 0) nodes.add("start");
    const here = at > 0 ? steps[at - 1].node : "";
    const done = at > 0 && at === steps.length;
    this.#calls = steps.length > 0;
    this.#svg.classList.toggle("walking", steps.length > 0);
    for (const node of this.#svg.querySelectorAll(".node")) {
      const id = node.dataset.node;
      node.classList.toggle("on", nodes.has(id));
      node.classList.toggle("now", id === here);
    }
    for (const edge of this.#svg.querySelectorAll(".edge")) {
      const on = edges.has(idOf(edge));
      if (on && !edge.classList.contains("on")) edge.parentNode.append(edge);
      edge.classList.toggle("on", on);
    }
    // In an overview a card's own lines come with the card, its way out when the call went it.
    for (const part of this.#svg.querySelectorAll(".row, .exit")) {
      part.dataset.went ??= String(part.classList.contains("on"));
      const card = part.parentNode.classList;
      part.classList.toggle("on", part.dataset.went === "true" && card.contains("on") && (part.classList.contains("row") || !card.contains("now")));
    }
    const lane = this.#node(here)?.dataset.lane;
    for (const group of this.#svg.querySelectorAll(".lane")) group.classList.toggle("on", lane !== undefined && group.dataset.lane === lane);
    if (here !== this.#followed) this.#follow(here, quick || done);
    if (this.#own) this.followed(false); // the button belongs to a call
  }

  /**
   * The steps of a call through an overview: where it comes from one card to another, it comes by the way between them.
   * @param {(string|null)[]} cards of each step
   */
  between(cards) {
    let from = "start";
    return cards.map((card) => {
      const way = card && card !== from ? this.#svg?.querySelector(`.edge[data-from="${CSS.escape(from)}"][data-to="${CSS.escape(card)}"]`) : null;
      from = card ?? from;
      return { node: from, edges: way ? [idOf(way)] : [] };
    });
  }

  /** Shows the boxes of a task, from their head on. */
  toLane(lane) {
    const box = this.#svg?.querySelector(`.lane[data-lane="${lane}"]`);
    if (!box) return;
    this.followed(false);
    const at = box.getBoundingClientRect();
    const here = this.#box.getBoundingClientRect();
    this.#move(this.#box.scrollLeft + at.left - here.left - 8, this.#box.scrollTop + at.top - here.top - 8, false);
  }

  /** Shows the place of the last box that the server marked. */
  toMarked() {
    const marked = [...(this.#svg?.querySelectorAll(".node.on") || [])].pop();
    if (marked) this.#follow(marked.dataset.node, true);
  }

  /** How many boxes the call came to and the one before did not, or the other way round. */
  get changes() {
    return this.#svg?.querySelectorAll(".node.new").length || 0;
  }

  /** Shows the next of them. */
  nextChange() {
    const all = [...this.#svg.querySelectorAll(".node.new")];
    this.#change = (this.#change + 1) % all.length;
    this.#follow(all[this.#change].dataset.node, false, true);
  }

  /** Takes all marks of a walk away, such as those that the server set. */
  clear() {
    for (const mark of this.#svg?.querySelectorAll(".on, .now") || []) mark.classList.remove("on", "now");
    this.#svg?.classList.remove("walking");
  }

  #node(id) {
    return id ? this.#svg.querySelector(`[data-node="${CSS.escape(id)}"]`) : null;
  }

  #follow(id, quick, always = false) {
    this.#followed = id;
    const node = this.#svg && this.#node(id);
    if (!node || (this.#own && !always)) return;
    const at = node.getBoundingClientRect();
    const box = this.#box.getBoundingClientRect();
    // Only the picture's own box is moved, never the page; and only when the node is near its edge.
    const margin = Math.min(96, box.height / 4, box.width / 4);
    const outside = at.left < box.left + margin / 2 || at.right > box.right - margin / 2 || at.top < box.top + margin || at.bottom > box.bottom - margin;
    if (!outside && !always) return;
    // A call goes down: what comes next is to be in sight, too. What need not move sideways does not.
    const sideways = at.left < box.left + margin / 2 || at.right > box.right - margin / 2;
    this.#move(
      sideways || always ? this.#box.scrollLeft + at.left + at.width / 2 - (box.left + box.width / 2) : this.#box.scrollLeft,
      this.#box.scrollTop + at.top + at.height / 2 - (box.top + box.height * 0.33),
      quick,
    );
  }

  #move(left, top, quick) {
    this.#box.scrollTo({ left, top, behavior: quick || lessMotion() ? "instant" : "smooth" });
  }
}

const idOf = (edge) => edge.id.replace(/^(?:\w+-)?e-/, "");
