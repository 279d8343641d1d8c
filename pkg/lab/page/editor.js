// The editor: a textarea, with its own caret, selection, undo, screen reader and touch keyboard, over a
// layer that shows the same letters in colours. Both have the size of the text; the box around them scrolls.

import { el, fill, calm } from "./dom.js";
import { cut, indentAfter } from "./yaml.js";

const shapes = { error: "×", warning: "!", info: "i" };

export class Editor {
  #text;
  #layer;
  #gutter;
  #box;
  #list;
  #tip;
  #lines = []; // {text, state before, node} as the layer shows them
  #findings = [];
  #changed = new Set();
  #items = [];
  #picked = -1;
  #range = null;
  #asked = 0;
  #placed = 0; // turns of the caret, and of the pointer: what was asked of an earlier place is told no more
  #pointed = 0;
  #listed = 0; // when the list opened by itself; 0: it was asked for
  #cell = null;

  /**
   * @param {HTMLElement} box
   * @param {{change: () => void, complete: Function, hover: Function, say: Function, meaning: Function}} hooks
   */
  constructor(box, hooks) {
    this.hooks = hooks;
    this.#box = box;
    this.#gutter = el("div.gutter", { "aria-hidden": true });
    this.#layer = el("pre.layer", { "aria-hidden": true });
    this.#text = el("textarea", {
      id: "text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      readonly: true, // until there is a text
      wrap: "off",
      "aria-label": "Text of the deployment file",
      "aria-describedby": "editor-keys",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
    });
    this.#list = el("ul.completions", { id: "completions", role: "listbox", "aria-label": "What may stand here", hidden: true });
    this.#tip = el("div.tip", { role: "tooltip", id: "tip", hidden: true });
    fill(
      box,
      this.#gutter,
      el("div.page", {}, this.#layer, this.#text, this.#list, this.#tip),
      el("p.sr", { id: "editor-keys" }, "Tab leaves the editor. Control and space show what may stand here, Control and Enter dial again, Control and S save."),
    );
    const ask = calm(90, () => this.#complete(false));
    this.#text.addEventListener("input", (event) => {
      this.#draw();
      this.#reveal();
      this.#close();
      hooks.change();
      // While a word is written its endings are offered; never while text is taken away or pasted.
      if (event.inputType === "insertText" && /[\w-]/.test(event.data || "")) ask();
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("blur", () => setTimeout(() => this.#close(), 120));
    this.#text.addEventListener("scroll", () => this.#text.scrollTo(0, 0));
    const where = calm(120, () => this.#where());
    document.addEventListener("selectionchange", () => document.activeElement === this.#text && where());
    const over = calm(260, (event) => this.#over(event));
    this.#text.addEventListener("pointermove", (event) => {
      this.#tip.hidden = true;
      this.#pointed++;
      if (event.pointerType === "mouse" && event.buttons === 0) over(event);
    });
    this.#text.addEventListener("pointerleave", () => {
      this.#tip.hidden = true;
      over(null);
      this.#pointed++;
    });
    box.addEventListener("scroll", () => (this.#tip.hidden = true));
  }

  get value() {
    return this.#text.value;
  }

  /** Another text altogether, such as the file's on disk: its undo begins anew. */
  set value(text) {
    this.#text.value = text;
    this.#text.readOnly = false;
    this.#text.setSelectionRange(0, 0);
    this.#draw();
  }

  focus() {
    this.#text.focus();
  }

  /** Puts the caret at a place, line and column from 1, and shows it. */
  goTo(line, column = 1) {
    const lines = this.value.split("\n");
    const at = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0) + Math.min(column - 1, (lines[line - 1] || "").length);
    this.#text.focus({ preventScroll: true });
    this.#text.setSelectionRange(at, at);
    const cell = this.#measure();
    const y = (line - 1) * cell.height;
    if (y < this.#box.scrollTop + cell.height * 2 || y > this.#box.scrollTop + this.#box.clientHeight - cell.height * 3) {
      this.#box.scrollTop = Math.max(0, y - this.#box.clientHeight / 3);
    }
    this.#box.scrollLeft = Math.max(0, column * cell.width - this.#box.clientWidth * 0.6);
  }

  /** Goes to the finding after the caret, or before it, and round. @returns {boolean} whether there is one */
  toFinding(direction) {
    const places = this.#findings.map((f) => ({ line: f.line, column: f.column || 1 })).sort((a, b) => (a.line - b.line || a.column - b.column) * direction);
    if (!places.length) return false;
    const at = this.#caret();
    const to = places.find((p) => (p.line - at.line || p.column - at.column) * direction > 0) ?? places[0];
    this.goTo(to.line, to.column);
    return true;
  }

  // The box scrolls and not the textarea, so not every browser keeps the caret in sight by itself.
  #reveal() {
    const { line, column } = this.#caret();
    const cell = this.#measure();
    const box = this.#box;
    const y = line * cell.height;
    if (y - cell.height < box.scrollTop) box.scrollTop = y - cell.height;
    else if (y + cell.height > box.scrollTop + box.clientHeight) box.scrollTop = y + cell.height - box.clientHeight;
    const x = (column - 1) * cell.width + 12;
    const seen = box.clientWidth - this.#gutter.offsetWidth;
    if (x < box.scrollLeft + cell.width) box.scrollLeft = Math.max(0, x - 8 * cell.width);
    else if (x > box.scrollLeft + seen - 2 * cell.width) box.scrollLeft = x - seen + 8 * cell.width;
  }

  /** @param {object[]} findings of this text @param {number[]} changed lines that differ from the saved text */
  mark(findings, changed) {
    this.#findings = findings.filter((f) => f.inText && f.line);
    this.#changed = new Set(changed);
    this.#draw(true);
  }

  // Lines that are as they were, in the state they were in, keep their elements.
  #draw(all = false) {
    const texts = this.#text.value.split("\n");
    const byLine = new Map();
    for (const f of this.#findings) {
      for (let n = f.line; n <= Math.max(f.line, f.endLine || f.line); n++) byLine.set(n, [...(byLine.get(n) || []), f]);
    }
    let state = { flow: 0, block: -1 };
    const old = this.#lines;
    this.#lines = texts.map((text, i) => {
      const key = `${state.flow},${state.block}`;
      const kept = old[i];
      if (!all && kept && kept.text === text && kept.key === key) {
        state = kept.after;
        return kept;
      }
      const found = cut(text, state);
      const line = { text, key, after: found.state, node: this.#line(found.tokens, byLine.get(i + 1) || [], i + 1) };
      state = found.state;
      if (kept) kept.node.replaceWith(line.node);
      else this.#layer.append(line.node);
      return line;
    });
    while (this.#layer.childElementCount > texts.length) this.#layer.lastElementChild.remove();
    if (all || old.length !== texts.length) {
      fill(
        this.#gutter,
        texts.map((_, i) => {
          const worst = this.#worst(byLine.get(i + 1)?.filter((f) => f.line === i + 1));
          return el(
            `div${worst ? "." + worst.severity : ""}${this.#changed.has(i + 1) ? ".changed" : ""}`,
            { title: worst ? worst.message : null },
            el("span.shape", {}, worst ? shapes[worst.severity] : ""),
            String(i + 1),
          );
        }),
      );
    }
  }

  #worst(found) {
    return found?.length ? ["error", "warning", "info"].map((s) => found.find((f) => f.severity === s)).find(Boolean) : null;
  }

  #line(tokens, found, n) {
    const node = el("div.l");
    let at = 0;
    for (const token of tokens) {
      // A token is cut where a finding begins or ends.
      const ends = [at, at + token.text.length];
      for (const f of found) {
        const from = f.line === n ? f.column - 1 : 0;
        const to = f.endLine > n ? Infinity : (f.endColumn || from + 2) - 1;
        for (const cutAt of [from, to]) if (cutAt > at && cutAt < at + token.text.length) ends.push(cutAt);
      }
      ends.sort((a, b) => a - b);
      for (let i = 0; i + 1 < ends.length; i++) {
        const worst = this.#worst(found.filter((f) => (f.line < n || f.column - 1 <= ends[i]) && (f.endLine > n || (f.endColumn || f.column + 1) - 1 > ends[i])));
        const classes = [token.kind && `t-${token.kind}`, worst && `f-${worst.severity}`].filter(Boolean);
        const text = token.text.slice(ends[i] - at, ends[i + 1] - at);
        node.append(classes.length ? el("span", { class: classes.join(" ") }, text) : text);
      }
      at += token.text.length;
    }
    const here = found.filter((f) => f.line === n && f.severity !== "info");
    const worst = this.#worst(here);
    if (worst) node.append(el(`span.lens.${worst.severity}`, {}, `${shapes[worst.severity]} ${here.length > 1 ? `1 of ${here.length}: ` : ""}${worst.message}`));
    if (!node.hasChildNodes() || at === 0) node.prepend("\u200b");
    return node;
  }

  #measure() {
    if (!this.#cell || !this.#cell.width) {
      const probe = el("span.probe", {}, "0".repeat(100));
      this.#layer.append(probe);
      const box = probe.getBoundingClientRect();
      probe.remove();
      this.#cell = { width: box.width / 100, height: parseFloat(getComputedStyle(this.#layer).lineHeight) };
    }
    return this.#cell;
  }

  #caret() {
    const before = this.value.slice(0, this.#text.selectionStart).split("\n");
    return { line: before.length, column: before[before.length - 1].length + 1 };
  }

  async #where() {
    const at = this.#caret();
    const here = this.#findings.filter((f) => f.line <= at.line && (f.endLine || f.line) >= at.line);
    const turn = ++this.#placed;
    const about = await this.#meaningAt(at);
    if (turn === this.#placed) this.hooks.meaning(about, here);
  }

  async #meaningAt(at) {
    const about = await this.hooks.hover({ text: this.value, ...at });
    return about?.about ? about : null;
  }

  async #over(event) {
    const turn = ++this.#pointed;
    if (!event || this.#items.length) return;
    const box = this.#text.getBoundingClientRect();
    const cell = this.#measure();
    const style = getComputedStyle(this.#text);
    const line = Math.floor((event.clientY - box.top - parseFloat(style.paddingTop)) / cell.height) + 1;
    const column = Math.floor((event.clientX - box.left - parseFloat(style.paddingLeft)) / cell.width) + 1;
    const text = this.#lines[line - 1]?.text;
    if (text === undefined || column < 1 || column > text.length || /\s/.test(text[column - 1])) return;
    const about = await this.#meaningAt({ line, column });
    if (turn !== this.#pointed || this.#lines[line - 1]?.text !== text) return;
    const here = this.#findings.filter((f) => f.line === line && f.column <= column && (f.endColumn || f.column + 1) > column);
    if (!about && !here.length) return;
    fill(this.#tip, here.map((f) => el("p", {}, el(`span.badge.${tone(f.severity)}`, {}, f.severity), " ", f.message)), about ? explain(about) : null);
    this.#place(this.#tip, line, column);
  }

  #place(box, line, column) {
    box.hidden = false;
    const cell = this.#measure();
    const style = getComputedStyle(this.#text);
    const top = parseFloat(style.paddingTop) + line * cell.height + 2;
    const left = parseFloat(style.paddingLeft) + (column - 1) * cell.width;
    const room = this.#box.scrollLeft + this.#box.clientWidth - this.#gutter.offsetWidth - 8;
    box.style.left = `${Math.max(this.#box.scrollLeft + 4, Math.min(left, room - box.offsetWidth))}px`;
    const below = this.#box.scrollTop + this.#box.clientHeight - top;
    box.style.top = below > box.offsetHeight || line * cell.height < box.offsetHeight ? `${top}px` : `${top - cell.height - box.offsetHeight - 4}px`;
  }

  async #complete(asked) {
    const at = this.#caret();
    const turn = ++this.#asked;
    const found = await this.hooks.complete({ text: this.value, ...at });
    if (!found || turn !== this.#asked || document.activeElement !== this.#text) return;
    const now = this.#caret();
    if (now.line !== at.line || now.column !== at.column) return;
    const typed = this.#between(found).toLowerCase();
    // What is written whole already needs no offer, unless somebody asks.
    const items = found.items || [];
    if (!items.length || (!asked && items.length === 1 && items[0].label.toLowerCase() === typed)) {
      this.#close();
      if (asked) this.hooks.say("Nothing is known of what may stand here.");
      return;
    }
    this.#items = items;
    this.#range = found;
    fill(
      this.#list,
      items.map((item, i) =>
        el(
          "li",
          { role: "option", id: `completion-${i}`, "aria-selected": "false", onpointerdown: (event) => (event.preventDefault(), this.#take(i)) },
          el("span.what", {}, item.label),
          item.type ? el("span.kind", {}, item.type) : null,
          item.about ? el("span.about", {}, item.about) : null,
        ),
      ),
    );
    this.#list.hidden = false;
    this.#listed = asked ? 0 : performance.now();
    this.#text.setAttribute("aria-controls", "completions");
    this.#place(this.#list, found.line ?? at.line, found.column ?? at.column);
    this.#pick(0);
    if (asked) this.hooks.say(`${items.length} suggestions. ${items[0].label}`);
  }

  #offset(line, column) {
    return this.value.split("\n").slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0) + column - 1;
  }

  #between(range) {
    return this.value.slice(this.#offset(range.line, range.column), this.#offset(range.endLine, range.endColumn));
  }

  #pick(n) {
    this.#picked = (n + this.#items.length) % this.#items.length;
    [...this.#list.children].forEach((li, i) => {
      li.setAttribute("aria-selected", String(i === this.#picked));
      if (i !== this.#picked) return;
      // The list alone is scrolled; scrollIntoView would move the text under the caret.
      if (li.offsetTop < this.#list.scrollTop) this.#list.scrollTop = li.offsetTop - 4;
      const over = li.offsetTop + li.offsetHeight - this.#list.scrollTop - this.#list.clientHeight;
      if (over > 0) this.#list.scrollTop += over + 4;
    });
    this.#text.setAttribute("aria-activedescendant", `completion-${this.#picked}`);
  }

  #take(i) {
    const item = this.#items[i];
    const range = this.#range;
    this.#close();
    this.#text.focus();
    this.#text.setSelectionRange(this.#offset(range.line, range.column), this.#offset(range.endLine, range.endColumn));
    this.#insert(item.insert ?? item.label);
  }

  // As if it were typed, so that undo takes it back.
  #insert(text) {
    if (!document.execCommand("insertText", false, text)) {
      this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, "end");
      this.#text.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText" }));
    }
  }

  #close() {
    this.#asked++;
    this.#items = [];
    this.#picked = -1;
    this.#list.hidden = true;
    this.#text.removeAttribute("aria-activedescendant");
    this.#text.removeAttribute("aria-controls");
  }

  #key(event) {
    if (event.isComposing) return;
    // Ctrl with a key is for the page, which shows something else then.
    if (this.#items.length && (event.ctrlKey || event.metaKey) && ["Enter", "s"].includes(event.key)) this.#close();
    // A list that opens under a finger is not what the finger meant.
    if (this.#items.length && event.key === "Enter" && event.timeStamp - this.#listed < 150) this.#close();
    if (this.#items.length) {
      const act = {
        ArrowDown: () => this.#pick(this.#picked + 1),
        ArrowUp: () => this.#pick(this.#picked - 1),
        Enter: () => this.#take(this.#picked),
        Escape: () => this.#close(),
      }[event.key];
      if (act) {
        event.preventDefault();
        event.stopPropagation();
        act();
        return;
      }
    }
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.#complete(true);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      const before = this.value.slice(0, this.#text.selectionStart);
      const indent = indentAfter(before.slice(before.lastIndexOf("\n") + 1));
      event.preventDefault();
      this.#insert("\n" + indent);
    }
  }
}

const tone = (severity) => ({ error: "bad", warning: "warn", info: "accent" })[severity];

/** What a place of the file means: in the tip, and in the line under the text. */
export function explain(about) {
  return el("p", {}, el("span.path", {}, about.path || ""), el("span.note", {}, about.type ? ` ${about.type} · ` : " · "), about.about);
}
