// Questions. Nothing is written, and nothing is lost, before one of these was answered.

import { $, el, fill } from "./dom.js";
import { pauseBefore, sinceTyped } from "./hands.js";

let before = Promise.resolve();

/**
 * Asks, and gives the value of the button that was chosen; null for Esc. One question stands at a time: another one waits for
 * its answer.
 * @param {string} title
 * @param {(Node|string|null)[]} body
 * @param {{label: string, value: any, kind?: string, id?: string}[]} buttons what Enter does is
 *   the button with enter, or else the last
 */
export function ask(title, body, buttons) {
  const answer = before.then(() => show(title, body, buttons));
  before = answer.catch(() => {});
  return answer;
}

function show(title, body, buttons) {
  const box = $("dialog");
  const from = document.activeElement;
  const enter = buttons.find((b) => b.enter) || buttons[buttons.length - 1];
  return new Promise((done) => {
    const choose = (value) => {
      box.onclose = box.oncancel = box.onkeydown = box.onkeypress = box.onkeyup = null;
      if (box.open) box.close();
      giveBack(from);
      done(value);
    };
    fill(
      box,
      el(
        "form",
        {
          onsubmit: (event) => {
            event.preventDefault();
            choose(enter.value);
          },
        },
        el("h2", { id: "dialog-title" }, title),
        el("div.body", { tabindex: "-1" }, body),
        el(
          "div.buttons",
          {},
          buttons.map((b) =>
            el(`button${b.kind ? "." + b.kind : ""}`, b === enter ? { type: "submit", id: b.id } : { type: "button", id: b.id, onclick: () => choose(b.value) }, b.label),
          ),
        ),
      ),
    );
    box.oncancel = (event) => {
      event.preventDefault();
      choose(null);
    };
    // That an earlier question was closed is told later, too.
    box.onclose = () => box.open || choose(null);
    box.onkeydown = box.onkeypress = box.onkeyup = notMeant();
    box.showModal();
    (box.querySelector(".body input, .body select") || box.querySelector("button[type=submit]")).focus();
  });
}

/** The keyboard goes back to where it was, or to what stands there now. */
function giveBack(from) {
  const there = from?.isConnected ? from : from?.id ? $(from.id) : null;
  if (there instanceof HTMLElement) there.focus();
}

// A question comes when the lab has answered, and somebody may be writing on: what is pressed in the flow of writing is no yes.
function notMeant() {
  const opened = performance.now();
  let writing = sinceTyped() < 700;
  let looked = false;
  let taken = false;
  return (event) => {
    if (event.type === "keydown") {
      if (event.key === "Tab" || event.key.startsWith("Arrow")) looked = true;
      if (pauseBefore() > 700) writing = false;
      const presses = event.key === "Enter" || (event.key === " " && event.target.closest("button, summary"));
      taken = presses && !looked && (writing || event.timeStamp - opened < 250);
    }
    // Some browsers press a button when a key goes down, others when it comes up.
    if (taken) event.preventDefault();
  };
}

/** Lines of a difference, each with its sign and not by colour alone. */
export function difference(lines) {
  if (!lines?.length) return el("p.empty", {}, "The texts are the same.");
  const kind = (l) => (/^(?:---|\+\+\+) /.test(l) || l.startsWith("@@") ? "head" : l[0] === "+" ? "plus" : l[0] === "-" ? "minus" : "same");
  return el("pre.difference", { tabindex: "0", role: "region", "aria-label": "What differs" }, lines.map((l) => el(`span.${kind(l)}`, {}, l + "\n")));
}

/** What went wrong, and what to do next. */
export function trouble(title, error) {
  return ask(title, [el("p", {}, error.message), error.hint ? el("p.hint", {}, error.hint) : null], [{ label: "Close", value: null }]);
}

const shortcuts = [
  ["Space", "play, pause"],
  ["→ ←", "a step on, a step back"],
  ["Shift → ←", "to the next box, to the one before"],
  ["Home End", "to the start, to the end"],
  ["Enter", "dial, in the number or on a caller"],
  ["Ctrl Enter", "dial again, also while the file is edited"],
  ["Ctrl S", "save the file (asks first)"],
  ["F8", "to the next finding in the file (Shift: the one before)"],
  ["Ctrl Space", "in the file: what may stand here"],
  ["Esc", "close what is open"],
  ["?", "this page"],
];

/** @param {boolean} single whether shortcuts of one key are on */
export function help(single, change) {
  return ask(
    "Keys",
    [
      el("dl.keys", {}, shortcuts.map(([keys, what]) => el("div", {}, el("dt", {}, keys.split(" ").map((k) => el("kbd", {}, k))), el("dd", {}, what)))),
      el("p.note", {}, "Keys without Ctrl work outside of fields. In the file, Tab moves on to what follows."),
      el("label.box", { for: "single-keys" }, el("input", { type: "checkbox", id: "single-keys", checked: single, onchange: (event) => change(event.target.checked) }), el("span", {}, "Keys without Ctrl are on")),
      el("p.note", {}, "Numbers, names and e-mails are masked, as in every output of dealroute. Calls ask an emulator of HubSpot in the lab's own process; no org is touched. The file and the suite are written only when you save them."),
    ],
    [{ label: "Close", value: null }],
  );
}
