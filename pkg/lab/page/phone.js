// The phone: a number or a caller of the fixtures, and what is different about this call.

import { $, el, fill } from "./dom.js";

const digits = [
  ["1", ""], ["2", "abc"], ["3", "def"],
  ["4", "ghi"], ["5", "jkl"], ["6", "mno"],
  ["7", "pqrs"], ["8", "tuv"], ["9", "wxyz"],
  ["*", ""], ["0", "+"], ["#", ""],
];

export class Phone {
  #caller = null; // of the fixtures; null: the number counts
  #choices = null;

  /** @param {(what: object) => void} dial @param {() => void} hangUp */
  constructor(dial, hangUp) {
    this.dial = dial;
    fill($("keypad"), digits.map(([digit, letters]) => this.#key(digit, letters)));
    $("number").addEventListener("input", () => this.#typed());
    // A caller's number is replaced as a whole, not written on.
    $("number").addEventListener("focus", () => this.#caller && $("number").select());
    $("number").addEventListener("paste", (event) => {
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      const plain = plainNumber(pasted);
      if (plain === null || plain === pasted) return;
      event.preventDefault();
      if (this.#caller) $("number").select();
      document.execCommand("insertText", false, plain);
      $("number-says").textContent = "Blanks, dashes and brackets are left out.";
    });
    $("rubout").addEventListener("click", () => {
      $("number").value = this.#caller ? "" : $("number").value.slice(0, -1);
      this.#typed();
      $("number").focus();
    });
    $("dial-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    $("hangup").addEventListener("click", hangUp);
  }

  #key(digit, letters) {
    const name = digit === "*" ? "star" : digit === "#" ? "hash" : digit;
    const press = (what) => {
      if (this.#caller) $("number").value = "";
      $("number").value += what;
      this.#typed();
    };
    let held = 0;
    return el(
      "button.key",
      {
        type: "button",
        id: `key-${name}`,
        "aria-label": digit === name ? null : name,
        title: digit === "0" ? "held: +" : null,
        onclick: () => {
          if (held !== -1) press(digit);
          held = 0;
        },
        // As on a telephone: zero that is held is a plus.
        onpointerdown: () => {
          if (digit !== "0") return;
          held = window.setTimeout(() => {
            press("+");
            held = -1;
          }, 500);
        },
        onpointerup: () => held > 0 && clearTimeout(held),
        onpointerleave: () => {
          if (held > 0) clearTimeout(held);
          held = 0;
        },
      },
      el("span.digit", {}, digit),
      el("span.letters", { "aria-hidden": true }, letters),
    );
  }

  #typed() {
    if (this.#caller) {
      // The caller's number is masked: what is typed begins a number of its own.
      this.#caller = null;
      const typed = $("number").value;
      if (typed.includes("•")) $("number").value = typed.length ? typed.replace(/^[^•]*•+[^•]{0,4}/, "") : "";
      for (const radio of $("callers-list").querySelectorAll("input")) radio.checked = false;
    }
    $("number-says").textContent = "";
    this.wrong(null);
  }

  #pick(caller) {
    this.#caller = caller.id;
    $("number").value = caller.shown;
    $("number-says").textContent = caller.says;
    this.wrong(null);
  }

  #submit() {
    const typed = $("number").value.trim();
    if (!this.#caller && !typed) {
      this.wrong("No number to dial: type one, or choose a caller below. “anonymous” is a caller who hides the number.");
      $("number").focus();
      return;
    }
    this.dial({ ...(this.#caller ? { caller: this.#caller } : { ani: typed }), ...this.#different() });
  }

  /** Says beside the buttons why a call could not be made; null takes it away. */
  wrong(text, hint = "") {
    const box = $("dial-error");
    box.hidden = !text;
    fill(box, text || "", hint ? el("span.hint", {}, hint) : null);
  }

  /** A call is on its way. The button keeps the keyboard, so it is not switched off. */
  waiting(is) {
    $("dial").setAttribute("aria-disabled", String(is));
  }

  calling(is) {
    $("hangup").disabled = !is;
  }

  /** @param {object} choices of the session */
  show(choices) {
    if (JSON.stringify(choices) === JSON.stringify(this.#choices)) return;
    this.#choices = choices;
    const callers = choices?.callers || [];
    fill(
      $("callers-list"),
      callers.length
        ? callers.map((c) => this.#row(c))
        : el("p.empty", {}, "No fixtures: with a file crm.yaml beside the deployment its callers stand here. Any number can be dialled."),
    );
    if (this.#caller && !callers.some((c) => c.id === this.#caller)) {
      this.#caller = null;
      $("number").value = "";
    }
    if (!this.#caller && !$("number").value && callers.length) {
      $("callers-list").querySelector("input").checked = true;
      this.#pick(callers[0]);
      if (document.activeElement === $("number")) $("number").select();
    }
    this.#showConditions(choices || {});
  }

  #row(caller) {
    const id = `caller-${caller.id}`.replace(/[^\w-]/g, "-");
    return el(
      "label.caller",
      { for: id },
      el("input", { type: "radio", name: "caller", id, value: caller.id, checked: caller.id === this.#caller, onchange: () => this.#pick(caller) }),
      el("span.figure", {}, caller.shown),
      el("span.note", { dir: "auto" }, caller.says),
    );
  }

  #showConditions(c) {
    const before = this.#fields();
    const some = (list) => list && list.length > 0;
    const faults = (id, label, scope) =>
      this.#select(id, label, [["", "as it should"], ...(c.faults || []).map((f) => [f.kind, `${f.kind}: ${f.says}`])], { scope });
    fill(
      $("conditions-body"),
      some(c.faults)
        ? el(
            "fieldset",
            {},
            el("legend", {}, "HubSpot answers"),
            faults("fault", "all requests", ""),
            (c.actions || []).map((a, i) => faults(`fault-${i}`, a.short, a.short)),
          )
        : null,
      el(
        "fieldset",
        {},
        el("legend", {}, "When and where to"),
        some(c.dnis) ? this.#select("dnis", "called number", [["", c.dnis[0]], ...c.dnis.slice(1).map((n) => [n, n])]) : null,
        el(
          "div.field",
          {},
          el("label", { for: "at" }, "time"),
          el("input", { id: "at", type: "text", placeholder: "the run's clock", autocomplete: "off", spellcheck: "false", "aria-describedby": "at-note" }),
        ),
        el("p.note", { id: "at-note" }, "as 2026-11-23T15:00:00Z; empty: when the clock above says"),
        some(c.schedule) ? this.#select("schedule", "schedule", [["", "by the time"], ...c.schedule.map((s) => [s, s])]) : null,
      ),
      this.#lacks(c),
      el("p", {}, el("button.small", { type: "button", id: "conditions-clear", onclick: () => this.#clear() }, "As usual again")),
    );
    this.#fillFields(before);
    for (const field of $("conditions-body").querySelectorAll("input, select")) field.addEventListener("change", () => this.#noteConditions());
    this.#noteConditions();
  }

  #select(id, label, options, data = {}) {
    return el(
      "div.field",
      {},
      el("label", { for: id }, label),
      el("select", { id, "data-scope": data.scope }, options.map(([value, text]) => el("option", { value }, text))),
    );
  }

  #lacks(c) {
    const boxes = (kind, title, names) =>
      (names || []).length
        ? el(
            "div.boxes",
            { role: "group", "aria-label": title },
            el("p.label", {}, title),
            names.map((name, i) =>
              el("label.box", { for: `lack-${kind}-${i}` }, el("input", { type: "checkbox", id: `lack-${kind}-${i}`, "data-lack": kind, value: name }), el("span", {}, name)),
            ),
          )
        : null;
    return el(
      "fieldset",
      {},
      el("legend", {}, "What the org lacks"),
      boxes("queues", "queues that are gone", c.queues),
      boxes("skills", "skills that are gone", c.skills),
      boxes("flows", "flows that are gone", c.flows),
      boxes("transfers", "transfers that fail", [...(c.queues || []), ...(c.flows || [])]),
      el("label.box", { for: "lack-table" }, el("input", { type: "checkbox", id: "lack-table", "data-lack": "table" }), el("span", {}, "the control table cannot be read")),
    );
  }

  #fields() {
    return [...$("conditions-body").querySelectorAll("input, select")].map((f) => [f.id, f.dataset.lack ? f.value : null, f.type === "checkbox" ? f.checked : f.value]);
  }

  #fillFields(before) {
    for (const [id, lacks, value] of before) {
      const field = $(id);
      if (!field || (lacks !== null && field.value !== lacks)) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
  }

  #clear() {
    for (const field of $("conditions-body").querySelectorAll("input, select")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    this.#noteConditions();
  }

  #different() {
    const out = {};
    const body = $("conditions-body");
    const faults = [...body.querySelectorAll("select[data-scope]")].filter((s) => s.value).map((s) => (s.dataset.scope ? `${s.dataset.scope}=${s.value}` : s.value));
    if (faults.length) out.faults = faults;
    for (const id of ["dnis", "schedule", "at"]) if ($(id)?.value.trim()) out[id] = $(id).value.trim();
    const lacks = {};
    for (const box of body.querySelectorAll("input[data-lack]:checked")) {
      if (box.dataset.lack === "table") lacks.table = true;
      else (lacks[box.dataset.lack] ||= []).push(box.value);
    }
    if (Object.keys(lacks).length) out.lacks = lacks;
    return out;
  }

  #noteConditions() {
    const d = this.#different();
    const n = (d.faults || []).length + ["dnis", "schedule", "at"].filter((k) => d[k]).length + Object.values(d.lacks || {}).flat().length;
    $("conditions-note").textContent = n ? `${n} set` : "nothing";
    $("conditions-note").classList.toggle("set", n > 0);
  }
}

/**
 * The number in a text that somebody copied: as it is written in signatures and on pages, with blanks, dashes, brackets and marks
 * that nobody sees. Null: it is something else, and stays as it is.
 * @param {string} text
 */
export function plainNumber(text) {
  const seen = text.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "").trim();
  const bare = seen.replace(/^(?:tel|callto):/i, "").replace(/^\+(\d[\d\s]*)\(0\)/, "+$1"); // +44 (0)20: not dialled from abroad
  if (!/^\+?[\d\s()[\]./\u2010-\u2015\u2212\u00ad-]+$/.test(bare)) return null;
  const plain = bare.replace(/[^+\d]/g, "");
  return /\d{5}/.test(plain) ? plain : null;
}
