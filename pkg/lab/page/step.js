// One step of a call in words, and what the whole call leaves: the agent's card, data, the list of calls.

import { $, el, fill, count } from "./dom.js";
import { words } from "./player.js";

/** A table of names and values; long values fold. */
export function table(caption, rows, names = ["name", "value"]) {
  if (!rows.length) return null;
  return el(
    "table.values",
    {},
    el("caption", {}, caption),
    el("thead.sr", {}, el("tr", {}, names.map((n) => el("th", { scope: "col" }, n)))),
    el("tbody", {}, rows.map((r) => el("tr", {}, el("th", { scope: "row" }, r.name), el("td", { dir: "auto" }, long(r.value))))),
  );
}

function long(value) {
  const text = value === null ? "not set" : String(value);
  if (text.length <= 160) return text === "" ? el("span.note", {}, "empty") : text;
  return el("details", {}, el("summary", {}, text.slice(0, 80) + "… ", el("span.note", {}, count(text.length, "character"))), el("pre", {}, text));
}

function pretty(text) {
  try {
    return json(JSON.parse(text), "");
  } catch {
    return text;
  }
}

/** JSON as a person would write it: what fits into a short line stands in one. */
export function json(value, indent) {
  const short = JSON.stringify(value);
  if (value === null || typeof value !== "object") return short;
  const spaced = short.length > 64 ? short : JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
  if (spaced.length + indent.length <= 44) return spaced;
  const inner = indent + "  ";
  const list = Array.isArray(value);
  const parts = list ? value.map((v) => inner + json(v, inner)) : Object.entries(value).map(([k, v]) => `${inner}${JSON.stringify(k)}: ${json(v, inner)}`);
  return `${list ? "[" : "{"}\n${parts.join(",\n")}\n${indent}${list ? "]" : "}"}`;
}

function request(r, i) {
  const answered = r.status !== null;
  const tone = !answered || r.status >= 400 || r.error ? "bad" : "good";
  return el(
    "section.request",
    { "aria-label": `Request ${i + 1}` },
    el(
      "h4",
      {},
      el("span.figure", {}, r.method),
      " ",
      el("span.path", {}, r.url),
    ),
    el(
      "p.facts",
      {},
      el(`span.badge.${tone}`, {}, answered ? String(r.status) : "no answer"),
      el("span.figure", {}, words(r.ms)),
      el("span.note", {}, r.action),
      r.fault ? el("span.badge.warn", {}, `fault: ${r.fault}`) : null,
    ),
    r.error ? el("p.mistake", {}, r.error) : null,
    r.request ? el("details", { open: true }, el("summary", {}, "sent"), el("pre", {}, pretty(r.request))) : null,
    r.reply ? el("details", { open: true }, el("summary", {}, "answered"), el("pre", {}, pretty(r.reply))) : null,
  );
}

/** Shows the step that the player is at. */
export function showStep(call, n) {
  const step = call && n > 0 ? call.steps[n - 1] : null;
  $("step-title").textContent = step ? `Step ${n} of ${call.steps.length}` : "Step";
  if (!step) {
    fill(
      $("step-body"),
      el("p.empty", {}, call ? "Before the first step: play, or step on with →." : "Dial, and each step of the call stands here: what went in, what came out, how long it took, and what HubSpot was asked."),
    );
    return;
  }
  fill(
    $("step-body"),
    el("p.action", {}, step.action || step.type),
    el(
      "p.facts",
      {},
      el("span.note", {}, step.type),
      step.branch ? el(/^(?:failure|timeout)$/.test(step.branch) ? "span.badge.bad" : "span.badge", {}, `→ ${step.branch}`) : null,
      step.ms ? el("span.figure", {}, `waits ${words(step.ms)}`) : null,
      step.new ? el("span.badge.accent", {}, `new: call ${call.against} did not come here`) : null,
      step.far ? el("span.badge.warn", {}, "error handling") : null,
    ),
    el("p.note", {}, `task ${step.task} · line ${step.line ?? "–"} of the flow · ${words(step.atMs)} into the call`),
    step.error ? el("p.mistake", {}, step.error) : null,
    step.requests.map(request),
    table("In", step.inputs),
    table("Out", step.outputs),
    step.rows.map((r) => table(`Writes row ${r.key} of the control table`, r.columns)),
    !step.inputs.length && !step.outputs.length && !step.requests.length ? el("p.empty", {}, "Nothing goes in and nothing comes out.") : null,
  );
}

/** One line of what became of a call, what moved, and what can be done with it. */
export function showResult(call, stale, { again, keep, asCommand }) {
  const box = $("result");
  if (!call) {
    fill(box, el("p.empty", {}, "No call yet. Choose a caller and dial: the call is walked through this picture step by step."));
    return;
  }
  const { call: c, says } = call;
  fill(
    box,
    el(
      "div.line",
      {},
      el("h3", {}, `Call ${call.number} `, el("span.figure", {}, c.ani)),
      el("p.became", {}, el("span", {}, says.outcome), el("span.arrow", { "aria-hidden": true }, "→"), el("span", {}, says.by), el("span.arrow", { "aria-hidden": true }, "→"), el("strong", {}, says.to)),
    ),
    el(
      "div.line",
      {},
      el(
        "dl.facts",
        {},
        pair("outcome", c.outcome),
        c.ending === "queue" ? pair("priority", c.priority) : null,
        c.skills.length ? pair("skills", c.skills.join(", ")) : null,
        pair("waited", words(c.waitedMs)),
        pair("requests", c.hubspotRequests),
        c.value ? pair("value", c.value) : null,
      ),
      el(
        "span.buttons.right",
        {},
        el("button.small", { type: "button", id: "again", class: stale ? "small go" : "small", onclick: () => again() }, "Dial again"),
        el("button.small", { type: "button", id: "keep", onclick: keep }, "Keep in suite…"),
        el("button.small", { type: "button", id: "as-command", onclick: asCommand }, "As command…"),
      ),
    ),
    moved(call),
    stale ? el("p.stale", {}, "This call was made with an earlier text. Dial again to see it with the text as it is now.") : null,
    c.notes.map((n) => el("p.note", {}, n)),
    call.later ? el("p.stale", { id: "crowded" }, `${call.later.why[0].toUpperCase()}${call.later.why.slice(1)}, and would be again at the same time. `, el("button.small", { type: "button", id: "later", onclick: () => again(call.later.seconds) }, `Dial again ${span(call.later.seconds)} later`)) : null,
  );
}

/** 60 → 1 minute */
const span = (seconds) => (seconds % 86400 === 0 ? count(seconds / 86400, "day") : seconds % 60 === 0 ? count(seconds / 60, "minute") : count(seconds, "second"));

function moved(call) {
  if (!call.against) return null;
  if (!call.moved.length) return el("p.note", { id: "moved" }, `Nothing moved since call ${call.against}.`);
  // Where the call goes is said at once; what it leaves, value by value, when it is asked for.
  const groups = [
    ["what the agent sees", "agent sees "],
    ["participant data", "data "],
  ].map(([title, prefix]) => ({ title, prefix, moves: call.moved.filter((m) => m.what.startsWith(prefix)) }));
  const first = call.moved.filter((m) => !groups.some((g) => g.moves.includes(m)));
  return el(
    "div.moved",
    { id: "moved" },
    el("strong", {}, `Moved since call ${call.against}: `),
    first.length ? el("ul", {}, first.map((m) => el("li", {}, change(m.what, m)))) : "only what the call leaves.",
    groups
      .filter((g) => g.moves.length)
      .map((g) => el("details", {}, el("summary", {}, `${g.title}: ${count(g.moves.length, "value")}`), el("ul.lines", {}, g.moves.map((m) => el("li", {}, change(m.what.slice(g.prefix.length), m)))))),
  );
}

const change = (what, m) => [el("span.note", {}, what + " "), el("s", {}, m.was || "nothing"), el("span.sr", {}, " became "), " ", el("b", {}, m.is || "nothing")];

const pair = (name, value) => (value === null || value === undefined ? null : el("div", {}, el("dt", {}, name), el("dd.figure", {}, String(value))));

/** What the agent sees when it rings. */
export function showAgent(call) {
  const box = $("panel-agent");
  if (!call) {
    fill(box, el("p.empty", {}, "After a call: what the agent sees when it rings."));
    return;
  }
  const c = call.call;
  if (c.ending !== "queue") {
    fill(box, el("p.empty", {}, `No agent: the call ${call.says.goes}.`));
    return;
  }
  fill(
    box,
    el(
      "article.card",
      { "aria-label": "The agent's screen" },
      el("header", {}, el("span.ring", { "aria-hidden": true }), el("div", {}, el("strong.figure", {}, c.ani), el("p.note", {}, `rings at ${c.queue}`)), el("span.badge.right", {}, `priority ${c.priority}`)),
      c.skills.length ? el("p.facts", {}, c.skills.map((s) => el("span.badge", {}, s))) : null,
      call.pop
        ? [el("h3", {}, call.pop.script), el("dl.fields", {}, call.pop.fields.map((f) => el((f.value || "").length > 24 ? "div.wide" : "div", {}, el("dt", {}, f.label || f.name), el("dd", { dir: "auto" }, f.value || el("span.note", {}, "empty")))))]
        : el("p.empty", {}, "Nothing pops up: no contact was found, or the rule says none."),
    ),
  );
}

export function showData(call) {
  fill(
    $("panel-data"),
    call
      ? table("What stays with the conversation", call.data) || el("p.empty", {}, "Nothing was kept with the conversation.")
      : el("p.empty", {}, "After a call: the attributes that stay with the conversation."),
  );
}

/** @param {object[]} heads newest last @param {number|null} current */
export function showCalls(heads, current, pick) {
  fill(
    $("panel-calls"),
    heads.length
      ? el(
          "ol.calls",
          { reversed: true },
          [...heads].reverse().map((h) =>
            el(
              "li",
              {},
              el(
                "button.row",
                { type: "button", id: `call-${h.number}`, "aria-current": h.number === current ? "true" : null, onclick: () => pick(h.number) },
                el("span.figure.n", {}, String(h.number)),
                el("span.figure", {}, h.shown),
                el("span.to", {}, h.says.to),
                el("span.note", {}, [h.says.outcome, h.says.by, words(h.waitedMs), ...h.faults].filter(Boolean).join(" · ")),
              ),
            ),
          ),
        )
      : el("p.empty", {}, "Calls of this run stand here. They share breaker, switch and clock: what one trips, the next one meets."),
  );
}
