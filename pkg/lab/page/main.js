// Puts the parts of the page together: what is asked of the server, and who shows the answer.

import { first, whenGone, get, post, Gone, Refused } from "./api.js";
import { Cards } from "./cards.js";
import { ask, difference, help, trouble } from "./dialogs.js";
import { $, el, fill, say, calm, count, lessMotion } from "./dom.js";
import { Editor, explain } from "./editor.js";
import { touches } from "./hands.js";
import { Phone } from "./phone.js";
import { Picture } from "./picture.js";
import { Player, shown, words } from "./player.js";
import { Run, breakerField, clockField } from "./run.js";
import { showAgent, showCalls, showData, showResult, showStep } from "./step.js";

const state = {
  session: null,
  check: null,
  earlier: null, // the check of the text before, as long as nothing is known of this one
  following: null, // revision whose check is waited for
  proof: null,
  call: null,
  heads: [],
  player: new Player(),
  of: "flow",
  shown: "", // key of the picture that is shown
  pictures: new Map(), // promises by key
  drawing: 0,
  nodes: [], // of the picture that is shown, with their lines
  replay: false, // the call is walked through its own picture, though the text has changed since
  flows: new Map(), // hash of the flow's picture by the revision of the text
  sending: null, // promise of the text that is on its way
  typed: false, // text that was not sent yet
  typedAt: -Infinity, // when text was written last
  wish: 0, // turns of what is to be shown: a call that was dialled or picked, or none
  dialling: null, // what is being dialled
  saving: false,
  changes: 0, // answers that changed the run from here
  typedNumbers: new Map(), // of calls whose number was typed in this tab, for the command that makes them
  opened: new Set(), // findings whose explanation is open
};

const picture = new Picture(chosen);
const cards = new Cards(goToTask);
const phone = new Phone(dial, hangUp);
const run = new Run(turn, turnDialog);
const editor = new Editor($("text-box"), {
  change: typed,
  complete: (at) => quietly(() => post("complete", at)),
  hover: (at) => quietly(() => post("hover", at)),
  meaning: showMeaning,
  say,
});

// What helps while writing is left out when it fails: the text itself tells what is wrong.
async function quietly(request) {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Refused || error instanceof Gone) return null;
    throw error;
  }
}

async function boot(asked) {
  if (!asked) {
    banner("This page needs the whole address that dealroute lab printed in the terminal: the token behind the # lets it in.");
    return;
  }
  try {
    take(await asked);
  } catch (error) {
    if (error instanceof Refused) banner(`${error.message}. ${error.hint}`);
    else if (!(error instanceof Gone)) throw error;
  }
}

// What changes the run goes one after the other: each change is made of what the one before left.
let line = Promise.resolve();
function inLine(request) {
  const answer = line.then(request).then((found) => {
    state.changes++;
    return found;
  });
  line = answer.catch(() => {});
  return answer;
}

/** The session as it is: one that was on its way while something changed from here is asked for again. */
async function news() {
  for (;;) {
    const from = state.changes;
    const session = await get("session");
    if (from === state.changes) return session;
  }
}

function take(session) {
  state.session = session;
  state.heads = session.calls;
  $("name").textContent = session.name || session.file.name;
  document.title = `${session.name || session.file.name} · dealroute lab`;
  showFile();
  editor.value = session.text;
  showMeaning(null, []);
  run.show(session.run);
  phone.show(session.choices);
  checked(session.check);
  const last = state.heads[state.heads.length - 1];
  if (last) pick(last.number);
  else showCall(null);
}

// ---- calls

async function dial(what) {
  const wished = JSON.stringify(what);
  if (state.dialling === wished) return; // one wish is one call
  state.dialling = wished;
  const wish = ++state.wish;
  const hands = touches();
  const over = () => {
    if (state.dialling === wished) state.dialling = null;
    phone.waiting(state.dialling !== null);
  };
  phone.wrong(null);
  phone.waiting(true);
  try {
    await booted;
    if (!state.session) return;
    await sent();
    const call = await inLine(() => post("dial", what));
    const last = state.heads.at(-1)?.number ?? 0;
    listed(call);
    const typed = what.ani ?? state.typedNumbers.get(what.again);
    if (typed !== undefined) state.typedNumbers.set(call.number, typed);
    over();
    await withPicture(call);
    if (wish === state.wish) arrived(call, document.body.dataset.view === "file", hands === touches());
    else showCalls(state.heads, state.call?.number ?? null, pick);
    if (call.number !== last + 1) met(await news());
  } catch (error) {
    if (error instanceof Refused) {
      if (document.body.dataset.view === "file") await trouble("The call was not made", error);
      else phone.wrong(error.message, error.hint);
    } else if (!(error instanceof Gone)) throw error;
  } finally {
    over();
  }
}

const same = (a, b) => a.number === b.number && a.shown === b.shown && a.revision === b.revision && a.waitedMs === b.waitedMs;

/** Adds a call to those of the run. One whose number was there begins a run anew, which another tab did. */
function listed(call) {
  if (!state.heads.some((h) => same(h, call))) {
    if (state.heads.some((h) => h.number >= call.number)) {
      state.heads = [];
      forget();
    }
    state.heads = [...state.heads, call];
  }
  run.show(call.run);
}

/** The call and its picture are shown at once: here the picture is waited for. */
const withPicture = (call) => quietly(() => drawn(keyOf(call.number), call.number));

const again = (later = 0) => state.call && dial({ again: state.call.number, ...(later ? { later } : {}) });

/** What another tab did meanwhile: its calls, its turns, and its text when nothing was written here. */
function met(session) {
  const last = state.heads.at(-1);
  const begun = last && !session.calls.some((h) => same(h, last));
  state.heads = session.calls;
  run.show(session.run);
  if (begun) forget();
  else showCalls(state.heads, state.call?.number ?? null, pick);
  if (session.revision <= state.check.revision || state.typed || state.sending) return;
  const text = session.text.replaceAll("\r\n", "\n");
  if (text !== editor.value) {
    editor.value = text;
    say("Another tab changed the text.");
  }
  checked(session.check);
}

/** The run began anew: numbers of calls count from one again. */
function forget() {
  state.pictures.clear();
  state.typedNumbers.clear();
  state.shown = "";
  showCall(null);
}

/** @param {boolean} idle whether the person has touched nothing since the wish */
function arrived(call, atEnd, idle) {
  showCall(call);
  say(`Call ${call.number}: ${call.says.outcome}; by ${call.says.by} it ${call.says.goes}; waited ${words(call.waitedMs)}.${call.moved.length ? ` ${count(call.moved.length, "thing")} moved.` : ""}`);
  if (atEnd || lessMotion()) state.player.seek(state.player.length);
  else state.player.play();
  drawStep(true);
  if (state.player.playing) requestAnimationFrame(frame);
  // From here on the keys are the player's, unless somebody is somewhere else by now.
  if (!idle) return;
  if (document.body.dataset.view !== "file") $("play").focus({ preventScroll: true });
  if (matchMedia("(max-width: 999px)").matches) $("stage").scrollIntoView({ behavior: lessMotion() ? "instant" : "smooth" });
}

async function pick(number) {
  const wish = ++state.wish;
  let call;
  try {
    call = await get("call", { number });
  } catch (error) {
    if (error instanceof Gone) return;
    if (!(error instanceof Refused)) throw error;
    say(`${error.message}.`);
    met(await news()); // another tab began the run anew
    return;
  }
  await withPicture(call);
  if (wish !== state.wish) return;
  showCall(call);
  state.player.seek(state.player.length);
  drawStep(true);
}

function hangUp() {
  state.wish++;
  state.player.pause();
  showCall(null);
  say("Hung up.");
  $("number").focus();
}

const stale = () => state.call !== null && state.check !== null && state.call.revision !== state.check.dials;

function showCall(call) {
  state.call = call;
  state.replay = false;
  state.player.pause();
  const speed = state.player.speed;
  state.player = new Player((call?.steps || []).map((s) => ({ node: s.node, wait: s.ms })));
  state.player.speed = speed;
  $("position").max = String(state.player.length);
  for (const id of ["position", "to-start", "step-back", "play", "step-on", "to-end"]) $(id).disabled = !call;
  phone.calling(call !== null);
  $("again-here").hidden = !call;
  showResult(call, stale(), { again, keep, asCommand });
  showAgent(call);
  showData(call);
  showCalls(state.heads, call?.number ?? null, pick);
  drawStep(true);
  drawPicture();
}

// ---- the picture

const keyOf = (number) => `${state.of} of call ${number}`;
const labels = { flow: "Picture of the flow", overview: "Overview of the flow", rules: "Picture of the rules" };

async function drawPicture() {
  const now = state.check?.pictures?.[state.of === "rules" ? "rules" : "flow"];
  let number = state.call?.number ?? null;
  // A call of an earlier text keeps the picture only as long as that picture is still true.
  if (number && stale() && !state.replay && (state.of === "rules" || state.flows.get(state.call.revision) !== now)) number = null;
  const { of } = state;
  const key = number ? keyOf(number) : `${of} ${now || ""}`;
  const turn = ++state.drawing;
  if (key === state.shown) {
    walk(true);
    return;
  }
  if (!number && !now) return noPicture("Nothing can be drawn before the file has been read without an error: the findings say what is wrong with it.");
  let found;
  try {
    found = await drawn(key, number);
  } catch (error) {
    if (error instanceof Gone || turn !== state.drawing) return;
    if (!(error instanceof Refused)) throw error;
    return noPicture(error.message + (error.hint ? `: ${error.hint}` : ""));
  }
  if (turn !== state.drawing) return; // something else is to be shown by now
  state.shown = key;
  state.nodes = found.nodes;
  picture.show(found.svg, labels[of], of);
  cards.show(found.cards, found.nodes);
  if (of !== "flow") cards.hide();
  if (of === "rules") picture.toMarked();
  walk(true);
}

/** Asks for a picture once; the last ones are kept. */
function drawn(key, number) {
  let found = state.pictures.get(key);
  if (!found) {
    found = get("picture", { of: state.of, call: number });
    found.catch(() => state.pictures.delete(key));
    if (state.pictures.size > 24) state.pictures.delete(state.pictures.keys().next().value);
    state.pictures.set(key, found);
  }
  return found;
}

/** Leads from a card to the boxes of its task. */
async function goToTask(card, lane) {
  if (state.of !== "flow") {
    choosePicture("picture-flow");
    await drawPicture();
  }
  picture.toLane(lane);
}

/** A box of the flow is a step of the call, a card leads to its boxes, one of the rules to a line of the file. */
function chosen(id, lane) {
  if (state.of === "overview") goToTask(id, lane);
  else if (walks()) {
    const n = state.call.steps.findIndex((s) => s.node === id);
    if (n >= 0) act((p) => (p.pause(), p.seek(n + 1)));
  } else if (state.of === "rules") {
    const line = state.nodes.find((n) => n.id === id)?.line;
    if (!line) return;
    view("file");
    editor.goTo(line);
  }
}

function noPicture(words) {
  state.drawing++;
  state.shown = "";
  picture.show("", "Picture", "");
  cards.hide();
  fill($("picture"), el("p.empty", {}, words));
}

const walks = () => state.of !== "rules" && state.call !== null && state.shown === keyOf(state.call.number);

function walk(quick) {
  if (walks()) {
    const { steps } = state.call;
    cards.walk(steps, state.player.at);
    picture.walk(state.of === "overview" ? picture.between(cards.of(steps)) : steps, state.player.at, quick);
    noteAtPicture(stale() ? "of the text that the call was made with" : "", picture.changes);
  } else {
    if (state.of !== "rules") picture.clear();
    cards.walk([], 0);
    noteAtPicture(state.call && stale() ? "of the text as it is now" : "", 0);
  }
}

/** Says which text the picture is of, and leads to the boxes that changed. It is made anew only when it changes: it can have the focus. */
function noteAtPicture(words, changes) {
  const note = $("picture-note");
  const is = `${state.shown}/${words}/${changes}`;
  if (note.dataset.is === is) return;
  note.dataset.is = is;
  const show = changes === 1 ? "Show the box that changed" : `Show the ${changes} boxes that changed`;
  fill(note, words, changes ? el("button.small", { type: "button", id: "changes", onclick: () => picture.nextChange() }, show) : null);
}

// ---- the player

function drawStep(quick = false) {
  const p = state.player;
  const step = state.call && p.at > 0 ? state.call.steps[p.at - 1] : null;
  showStep(state.call, p.at);
  $("position").value = String(p.at);
  $("position").setAttribute("aria-valuetext", step ? `step ${p.at} of ${p.length}, ${step.action || step.type}` : `before the first of ${p.length} steps`);
  $("player-step").title = step ? step.action : "";
  $("player-step").textContent = state.call ? (step ? `${p.at} / ${p.length}  ${step.action || step.type}` : `0 / ${p.length}`) : "No call";
  walk(quick);
  drawTime();
}

function drawTime() {
  const p = state.player;
  const step = p.step;
  $("play").textContent = p.playing ? "Pause" : "Play";
  $("player-time").textContent = state.call ? `${words(p.waited)} of ${words(state.call.steps.reduce((sum, s) => sum + s.ms, 0))}` : "";
  const wait = $("player-wait");
  const waits = step !== null && step.wait > 0;
  wait.hidden = !waits;
  if (!waits) return;
  if (wait.dataset.at !== `${state.call.number}/${p.at}`) {
    wait.dataset.at = `${state.call.number}/${p.at}`;
    fill(wait, el("span.track", {}, el("span.past", {})), `waits ${words(step.wait)}`, shown(step.wait) < step.wait ? el("span.note", {}, " (shown shorter)") : null);
  }
  wait.querySelector(".past").style.width = `${Math.round((p.playing ? p.part : 1) * 100)}%`;
}

function sayStep() {
  const p = state.player;
  const step = state.call && p.at > 0 ? state.call.steps[p.at - 1] : null;
  if (step) say(`Step ${p.at} of ${p.length}: ${step.action || step.type}${step.branch ? `, ${step.branch}` : ""}${step.ms ? `, waits ${words(step.ms)}` : ""}${step.error ? `, ${step.error}` : ""}.`);
  else if (state.call) say("Before the first step.");
}

let last = 0;
function frame(now) {
  if (!state.player.playing) {
    last = 0;
    return;
  }
  // After a tab was hidden the call goes on where it was.
  const passed = last ? Math.min(100, now - last) : 16;
  last = now;
  if (state.player.tick(passed)) {
    drawStep();
    sayStep();
  } else drawTime();
  if (state.player.playing) requestAnimationFrame(frame);
  else {
    last = 0;
    drawStep();
  }
}

function act(what) {
  if (!state.call) return;
  picture.followed(true); // who steps wants to see where to
  what(state.player);
  if (!state.replay) {
    state.replay = true;
    drawPicture();
  }
  drawStep();
  if (state.player.playing) requestAnimationFrame(frame);
  else sayStep();
}

const moves = {
  "to-start": (p) => (p.pause(), p.seek(0)),
  "step-back": (p) => p.back(),
  play: (p) => (p.playing ? p.pause() : p.play()),
  "step-on": (p) => p.next(),
  "to-end": (p) => (p.pause(), p.seek(p.length)),
};
for (const [id, move] of Object.entries(moves)) $(id).addEventListener("click", () => act(move));
$("position").addEventListener("input", (event) => act((p) => (p.pause(), p.seek(Number(event.target.value)))));
$("pace").addEventListener("change", (event) => (state.player.speed = Number(event.target.value)));

// ---- the text

// A key is looked at at once. Keys that come faster than a hand types are one change, such as what is pasted by keys: each of
// them would be a text to check, and the last one would wait for all.
const burst = 90; // ms between keys
let pushing = 0;
function push(fast) {
  clearTimeout(pushing);
  pushing = setTimeout(() => quietly(sent), fast ? 60 : 15);
}

function typed() {
  const now = performance.now();
  const fast = now - state.typedAt < burst;
  state.typed = true;
  state.typedAt = now;
  showEdited();
  push(fast);
}

/** Waits until the server has the text as it is in the editor. */
async function sent() {
  if (!state.check) return; // nothing was loaded
  while (state.typed || state.sending) {
    if (!state.sending) {
      state.typed = false;
      state.sending = send(editor.value).finally(() => (state.sending = null));
    }
    await state.sending;
  }
}

async function send(text) {
  const from = state.typedAt;
  try {
    const check = await post("text", { text, revision: state.check.revision });
    checked(check);
    if (check.state === "done" && !state.typed) $("speed").textContent = `checked ${Math.round(performance.now() - from)} ms after the last key`;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) await otherTab(error.body);
    else if (error instanceof Refused) await trouble("The text was not taken", error);
    else {
      state.typed = true; // it is sent once the lab is there again
      throw error;
    }
  }
}

async function otherTab(theirs) {
  const mine = editor.value;
  const chosen = await ask(
    "Another tab changed the text",
    [el("p", {}, "The lab holds one text, and another tab's came first. Which one is to stay? The other one is lost.")],
    [
      { label: "Take the other tab's", value: "theirs", id: "take-theirs" },
      { label: "Keep mine", value: "mine", kind: "go", id: "keep-mine" },
    ],
  );
  state.check.revision = theirs.revision;
  if (chosen === "theirs") editor.value = theirs.text;
  else editor.value = mine;
  state.typed = true;
}

function checked(check) {
  const was = state.check;
  // Of an earlier text, or an earlier answer of this one.
  if (was && (check.revision < was.revision || (check.revision === was.revision && was.state === "done" && check.state === "running"))) return;
  if (check.revision !== was?.revision && !state.player.playing) state.replay = false;
  // What is known of the text before stands until more is known of this one.
  state.earlier = check.state === "running" && check.far === "rendering" ? (state.earlier ?? state.check) : null;
  state.check = check;
  if (check.revision !== was?.revision) state.proof = null;
  if (check.ok) state.flows.set(check.revision, check.pictures.flow);
  showFindings();
  showEdited();
  showResult(state.call, stale(), { again, keep, asCommand });
  drawPicture();
  if (check.ok && check.dials !== state.choicesOf) newChoices(check.dials);
  if (check.state === "running") follow(check.revision);
  else if (check.proof !== "off") prove(check.revision);
}

/** Waits beside everything else until a text is judged that takes long. */
async function follow(revision) {
  if (state.following === revision) return;
  state.following = revision;
  $("speed").textContent = "checking…";
  while (state.check.revision === revision && state.check.state === "running") {
    const check = await quietly(() => get("check", { revision, far: state.check.far }));
    if (!check || check.state === "stale" || state.check.revision !== revision) break;
    if (check.state === "done") $("speed").textContent = `checked in ${words(check.ms)}`;
    checked(check);
  }
  if (state.following === revision) state.following = null;
}

// Queues, skills and numbers that can be chosen are those of the last text that renders.
const newChoices = calm(400, async (dials) => {
  const first = state.choicesOf === undefined;
  state.choicesOf = dials;
  if (first) return;
  const session = await quietly(news);
  if (!session) return;
  state.session.choices = session.choices;
  phone.show(session.choices);
});

async function prove(revision) {
  while (state.check.revision === revision && (!state.proof || state.proof.state === "running")) {
    const proof = await quietly(() => get("proof", { revision }));
    if (!proof || state.check.revision !== revision || proof.state === "stale") return;
    state.proof = proof;
    showFindings();
    if (proof.state !== "running") return;
  }
}

const rank = { error: 0, warning: 1, info: 2 };

function allFindings() {
  const found = new Map();
  for (const f of [...(state.earlier ?? state.check).findings, ...(state.proof?.findings || [])]) found.set(JSON.stringify([f.code, f.file, f.line, f.message]), f);
  return [...found.values()].sort((a, b) => rank[a.severity] - rank[b.severity] || (a.line || 0) - (b.line || 0));
}

function showFindings() {
  const found = allFindings();
  editor.mark(found, state.check.changed || []);
  const n = (severity) => found.filter((f) => f.severity === severity).length;
  const tally = $("tally");
  const before = tally.hidden ? null : tally.textContent;
  tally.hidden = false;
  const running = state.check.state === "running";
  tally.className = `tally ${n("error") ? "bad" : running ? "" : n("warning") ? "warn" : "good"}`;
  tally.textContent = n("error") ? `× ${count(n("error"), "error")}` : running ? "… checking" : n("warning") ? `! ${count(n("warning"), "warning")}` : "✓ no errors";
  if (before !== null && before !== tally.textContent) say(`${tally.textContent.replace(/^\W+/, "")}${n("error") ? `: line ${found[0].line ?? "unknown"}, ${found[0].message}` : ""}.`);
  $("findings-title").textContent = `Findings: ${count(n("error"), "error")}, ${count(n("warning"), "warning")}, ${count(n("info"), "note")}`;
  fill(
    $("findings-list"),
    found.length ? el("ul", {}, found.map(finding)) : el("p.empty", {}, "None."),
    state.check.state === "running" ? el("p.note", { id: "checking" }, state.check.ok ? "Still checking: calls are made with this text already." : "Still checking: calls are made with the text before.") : null,
    state.check.ok || state.check.state === "running" ? null : el("p.stale", {}, "Calls are made with the last text that could be read."),
    proofLine(),
  );
}

function proofLine() {
  if (state.check.proof === "off") return null;
  if (!state.proof || state.proof.state === "running") return el("p.note", { id: "proof" }, state.check.ok ? `Proving… ${state.proof?.far || ""}` : "Not proved: it has errors.");
  return el("p.note", { id: "proof" }, state.proof.error || state.proof.text);
}

/** The little that explanations are marked with: `code`, and a severity in *stars*, which is shown already. */
function marked(text) {
  return text
    .replace(/^\*\w+\.\*\s*/, "")
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith("`") ? el("code", {}, part.slice(1, -1)) : part));
}

const badges = { error: "bad", warning: "warn", info: "accent" };

function finding(f) {
  const place = f.inText ? `line ${f.line}` : [f.file, f.line].filter(Boolean).join(":");
  const inner = [el(`span.badge.${badges[f.severity]}`, {}, f.severity === "info" ? "note" : f.severity), el("span.figure", {}, place), el("span", {}, f.message)];
  return el(
    "li.finding",
    {},
    f.inText && f.line ? el("button.row", { type: "button", onclick: () => (view("file"), editor.goTo(f.line, f.column)) }, inner) : el("div.row", {}, inner),
    f.hint ? el("p.hint", {}, f.hint) : null,
    f.code ? el("details.why", { open: state.opened.has(f.code + f.message), ontoggle: (event) => state.opened[event.target.open ? "add" : "delete"](f.code + f.message) }, el("summary", {}, f.code), f.explain ? el("p", {}, marked(f.explain)) : null, el("p.path", {}, `dealroute explain ${f.code}`)) : null,
  );
}

const hint = "What the key at the caret means stands here; Ctrl and space show what may be written.";

function showMeaning(about, found) {
  fill($("meaning"), found.length ? [el(`span.badge.${badges[found[0].severity]}`, {}, found[0].severity), " ", found[0].message] : about ? [...explain(about).childNodes] : hint);
}

function showFile() {
  const { name, path } = state.session.file;
  $("file-path").textContent = path ?? `${name}, in memory only`;
  $("file-path").title = path ?? "";
}

const edited = () => (state.typed && state.check !== null) || Boolean(state.check?.edited);

function showEdited() {
  $("edited").textContent = edited() ? "not saved" : "";
  $("save").classList.toggle("due", edited());
}

addEventListener("beforeunload", (event) => {
  if (edited()) event.preventDefault();
});

// ---- writing

async function save() {
  if (!state.session || state.saving) return;
  state.saving = true;
  try {
    await sent();
    const { file } = state.session;
    if (!file.save) {
      await ask("The file cannot be saved", [el("p", {}, file.why)], [{ label: "Close", value: null }]);
      return;
    }
    if (file.path === null) return await saveElsewhere(file);
    await saveAs({ revision: state.check.revision });
  } catch (error) {
    if (error instanceof Refused) await trouble("Nothing was written", error);
    else if (!(error instanceof Gone)) throw error;
  } finally {
    state.saving = false;
  }
}

async function saveElsewhere(file) {
  const name = el("input", { id: "save-name", type: "text", value: file.name, spellcheck: "false", autocomplete: "off" });
  const chosen = await ask(
    "Save a copy",
    [el("p", {}, "The text is on no disk yet."), el("div.field", {}, el("label", { for: "save-name" }, "name of the new file"), name), el("p.note", {}, "In the folder where the lab was started. A file that is there already is not written over.")],
    [{ label: "Cancel", value: false }, { label: "Go on…", value: true, kind: "go", id: "save-next" }],
  );
  if (chosen) await saveAs({ revision: state.check.revision, name: name.value.trim() });
}

async function saveAs(what) {
  let would;
  try {
    would = await post("save", what);
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return refusedAs(what, error);
    throw error;
  }
  const title = would.creates ? `Write the new file ${would.path}?` : `Write ${would.path}?`;
  const yes = await ask(
    title,
    [el("p.note", {}, `${count(would.bytes, "byte")}. ${would.creates ? "Nothing is there yet." : "What changes there:"}`), would.creates && !would.diff?.length ? null : difference(would.diff)],
    [{ label: "Cancel", value: false, id: "save-cancel" }, { label: "Write it", value: true, kind: "go", id: "save-confirm" }],
  );
  if (!yes) return;
  try {
    const done = await post("save", { ...what, confirm: true });
    afterSave(done);
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return refusedAs(what, error);
    throw error;
  }
}

/** The file is another one than was read, or the text another one than was shown: then it is asked again. */
async function refusedAs(what, error) {
  if (error.body.disk) return conflict(what, error);
  if (state.check.revision === what.revision) await otherTab(error.body);
  await sent();
  await saveAs({ ...what, revision: state.check.revision });
}

async function afterSave(done) {
  say(`${done.path} is written.`);
  const session = await news();
  state.session.file = session.file;
  showFile();
  checked(session.check);
}

async function conflict(what, error) {
  const chosen = await ask(
    "The file was changed by somebody else",
    [
      el("p", {}, error.message),
      error.hint ? el("p.hint", {}, error.hint) : null,
      error.body.diskText ? el("details", {}, el("summary", {}, "what stands there now"), el("pre", { tabindex: "0" }, error.body.diskText)) : null,
    ],
    [
      { label: "Cancel", value: null, enter: true },
      { label: "Take what is there, lose my edits", value: "reload", kind: "stop", id: "save-reload" },
      { label: "Write mine over it…", value: "over", kind: "stop", id: "save-over" },
    ],
  );
  if (chosen === "over") await saveAs({ ...what, over: error.body.disk });
  if (chosen === "reload") {
    state.choicesOf = undefined;
    take(await post("reload"));
  }
}

/** A word of a command as shells take it. */
const quoted = (word) => (/^[\w./:@=+-]+$/.test(word) ? word : /["$`!\\]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`);

const ofFile = () => (state.session.file.path === null ? "" : ` -f ${quoted(state.session.file.path)}`);

/** What tries the suite from any folder. */
const suiteCommand = (suite) => `dealroute simulate --suite ${quoted(suite)}${ofFile()}`;

/** The call that is shown as a command, with what of it a command cannot say. */
async function asCommand() {
  const { number, dial: made } = state.call;
  const typed = state.typedNumbers.get(number);
  const words = ["dealroute simulate", `--ani ${typed === undefined ? "NUMBER" : quoted(typed)}`];
  if (made.dnis && made.dnis !== state.session.choices.dnis[0]) words.push(`--dnis ${quoted(made.dnis)}`);
  words.push(...made.faults.map((f) => `--fault ${quoted(f)}`), `--at ${made.at}`);
  const lacks = Object.values(made.lacks).some((v) => v === true || v.length > 0);
  const notes = [
    typed === undefined ? "NUMBER is the caller's, which is masked here: the fixtures have it whole." : null,
    edited() ? "A terminal reads the file: save it first." : null,
    number > 1 ? "There it is the first call of a run: what earlier calls left, such as an open breaker, is not there." : null,
    /^(?:[/\\]|[A-Za-z]:)/.test(state.session.file.path ?? "/") ? null : "In the folder in which the lab was started.",
    lacks || made.schedule ? "What the org lacks, and the schedule's state, are said in org.yaml there." : null,
  ];
  const command = words.join(" ") + ofFile() + " --trace";
  const text = el("pre.command", { id: "command", tabindex: "0", role: "region", "aria-label": "The command" }, command);
  const yes = await ask("The same call from a terminal", [text, notes.map((n) => n && el("p.note", {}, n))], [{ label: "Close", value: false }, { label: "Copy", value: true, kind: "go", id: "command-copy" }]);
  if (yes) await copy(command, "The command");
}

/** Copies a text, or shows it for the person's own copy where the browser does not allow it. */
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is copied.`);
  } catch {
    const field = el("textarea.copy", { rows: "3", readonly: true, "aria-label": what }, text);
    const shown = ask(`${what} could not be copied by itself`, [el("p", {}, "Select and copy it here:"), field], [{ label: "Close", value: null }]);
    field.select();
    await shown;
  }
}

async function keep() {
  const call = state.call;
  if (!call) return;
  const { suite } = state.session;
  try {
    if (!suite.save) {
      await ask("The call cannot be kept", [el("p", {}, suite.why)], [{ label: "Close", value: null }]);
      return;
    }
    await sent();
    const c = call.call;
    const name = el("input", { id: "keep-name", type: "text", value: `${c.rule || call.says.by}${c.ending === "queue" ? ` goes to ${c.queue}` : ""}`, autocomplete: "off" });
    const entry = el("pre.entry", { id: "keep-entry", tabindex: "0", role: "region", "aria-label": "The entry" });
    const mistake = el("p.mistake", { role: "alert", hidden: true });
    const would = await post("keep", { call: call.number, name: name.value });
    let disk = would.disk;
    entry.textContent = would.entry;
    name.addEventListener(
      "input",
      calm(150, async () => {
        try {
          const other = await post("keep", { call: call.number, name: name.value });
          disk = other.disk;
          entry.textContent = other.entry;
          mistake.hidden = true;
        } catch (error) {
          if (!(error instanceof Refused)) return;
          fill(mistake, `${error.message} ${error.hint}`);
          mistake.hidden = false;
        }
      }),
    );
    const yes = await ask(
      "Keep this call in the suite",
      [
        el("div.field", {}, el("label", { for: "keep-name" }, "name of the call"), name),
        mistake,
        would.notes?.map((note) => el("p.stale", {}, note)),
        el("p.note", {}, would.creates ? `The new file ${would.path} begins with it:` : `Added to ${would.path}:`),
        entry,
        el("p.note", {}, "From then on simulate --suite expects of this call what it became here. In the file the number stands whole."),
      ],
      [{ label: "Cancel", value: false }, { label: "Write it", value: true, kind: "go", id: "keep-confirm" }],
    );
    if (!yes) return;
    const done = await post("keep", { call: call.number, name: name.value, confirm: true, ...(disk ? { over: disk } : {}) });
    say(`The call is kept in ${done.path}.`);
    await ask("Kept", [el("p", {}, `The call stands in ${done.path}.`), el("p.hint", {}, el("code", {}, suiteCommand(done.path)))], [{ label: "Close", value: null }]);
  } catch (error) {
    if (error instanceof Refused) await trouble("Nothing was written", error);
    else if (!(error instanceof Gone)) throw error;
  }
}

// ---- the run

/** @param {() => object} made gives the change when the one before was answered */
async function turn(made) {
  try {
    let change;
    run.show(await inLine(() => post("run", (change = made()))));
    if ("at" in change) say(`Clock: ${$("clock").textContent}.`);
    else if ("switch" in change) say(`Enrichment ${change.switch ? "on" : "off"}.`);
    else if (change.breaker) say(`Breaker ${change.breaker.open ? "open" : "closed"}.`);
  } catch (error) {
    if (error instanceof Refused) await trouble("It was not changed", error);
    else if (!(error instanceof Gone)) throw error;
  }
}

async function turnDialog(what) {
  if (what === "breaker") {
    const field = breakerField();
    const yes = await ask("Open the breaker", [el("p", {}, "While it is open HubSpot is not asked: calls go on as when the lookup failed."), field], [{ label: "Cancel", value: false }, { label: "Open it", value: true, kind: "go", id: "breaker-open" }]);
    if (yes) await turn(() => ({ breaker: { open: Number(field.querySelector("select").value) } }));
  } else if (what === "clock") {
    const field = clockField(run.run.at);
    const yes = await ask("Set the run's clock", [field, el("p.note", {}, "Schedules, the breaker and kept decisions go by this clock. It moves on by what each call takes.")], [{ label: "Cancel", value: false }, { label: "Set it", value: true, kind: "go", id: "clock-go" }]);
    if (yes) await turn(() => ({ at: field.querySelector("input").value.trim() }));
  } else {
    const yes = await ask("Start the run over?", [el("p", {}, "Clock, breaker, switch and HubSpot's limits become what they were before the first call; calls are forgotten. The text stays.")], [{ label: "Cancel", value: false }, { label: "Start over", value: true, kind: "go", id: "reset-go" }]);
    if (!yes) return;
    try {
      const begun = await inLine(() => post("reset"));
      state.wish++;
      run.show(begun);
      state.heads = [];
      forget();
      say("The run starts over.");
    } catch (error) {
      if (error instanceof Refused) await trouble("It did not start over", error);
      else if (!(error instanceof Gone)) throw error;
    }
  }
}

// ---- the page

function banner(text, ...more) {
  const box = $("banner");
  box.hidden = !text;
  fill(box, text ? el("p", {}, text) : null, more);
}

let why = null;
function gone(reason) {
  if (reason === why) return;
  why = reason;
  if (reason === null) return banner("");
  if (reason === "token") return banner("The lab does not know this page: it is of an earlier run. Open the address that the terminal shows now. What you wrote can be copied first.", state.session ? copyButton() : null);
  banner(
    "The lab has ended: Ctrl-C in its terminal, or an idle hour. Nothing can be dialled or saved, and nothing you wrote is lost as long as this page is open.",
    copyButton(),
    el("button.small", { type: "button", id: "retry", onclick: comeBack }, "Try again"),
  );
}

/** Asks whether the lab is there, and gives it what it missed. */
const comeBack = () =>
  quietly(async () => {
    if (!state.session) return boot(get("session"));
    met(await news());
    await sent();
  });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && state.session && comeBack());

function copyButton() {
  return el(
    "button.small",
    {
      type: "button",
      id: "copy-text",
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(editor.value);
          say("The text is copied.");
        } catch {
          // Not allowed to: the text is selected instead, for the person's own copy.
          view("file");
          editor.focus();
          $("text").select();
          say("The text is selected: copy it with Ctrl and C.");
        }
      },
    },
    "Copy the text",
  );
}

function view(name) {
  document.body.dataset.view = name;
  for (const one of ["call", "file"]) {
    $(`tab-${one}`).setAttribute("aria-selected", String(one === name));
    $(`tab-${one}`).tabIndex = one === name ? 0 : -1;
  }
  drawPicture();
}

/** Tabs as the ARIA practices have them: arrows move, and moving chooses. */
function tabs(list, choose) {
  const buttons = [...list.querySelectorAll("[role=tab]")];
  const to = (button, focus) => {
    for (const b of buttons) {
      b.setAttribute("aria-selected", String(b === button));
      b.tabIndex = b === button ? 0 : -1;
    }
    if (focus) button.focus();
    choose(button.id);
  };
  for (const button of buttons) button.addEventListener("click", () => to(button, false));
  list.addEventListener("keydown", (event) => {
    const i = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined || i < 0) return;
    event.preventDefault();
    event.stopPropagation();
    to(buttons[(next + buttons.length) % buttons.length], true);
  });
  return (id) => to($(id), false);
}

tabs(document.querySelector(".views"), (id) => view(id === "tab-file" ? "file" : "call"));
const choosePicture = tabs(document.querySelector(".pictures .tabs"), (id) => {
  state.of = id.replace("picture-", "");
  drawPicture();
});
tabs(document.querySelector(".after .tabs"), (id) => {
  for (const name of ["agent", "data", "calls"]) $(`panel-${name}`).hidden = id !== `tab-${name}`;
});
$("tally").addEventListener("click", () => {
  view("file");
  $("findings-list").querySelector("button")?.focus();
});
$("save").addEventListener("click", save);
$("again-here").addEventListener("click", () => again());

const singleKeys = () => localStorage.getItem("lab-keys") !== "off";
const showHelp = () => help(singleKeys(), (on) => localStorage.setItem("lab-keys", on ? "on" : "off"));
$("help").addEventListener("click", showHelp);

document.addEventListener("keydown", (event) => {
  if ($("dialog").open) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (event.key === "s") {
      event.preventDefault();
      save();
    } else if (event.key === "Enter") {
      event.preventDefault();
      again();
    }
    return;
  }
  if (event.key === "F8" && state.check) {
    event.preventDefault();
    view("file");
    if (!editor.toFinding(event.shiftKey ? -1 : 1)) say("Nothing is found in this text.");
    return;
  }
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (field || event.altKey || !singleKeys()) return;
  if (event.key === "?") {
    event.preventDefault();
    showHelp();
    return;
  }
  // A button under the focus takes its own space bar, a box that scrolls its own arrows up and down.
  if (event.key === " " && event.target.closest?.("button, summary, a")) return;
  const move = {
    " ": moves.play,
    ArrowRight: event.shiftKey ? (p) => p.box(1) : moves["step-on"],
    ArrowLeft: event.shiftKey ? (p) => p.box(-1) : moves["step-back"],
    Home: moves["to-start"],
    End: moves["to-end"],
  }[event.key];
  if (!move || !state.call) return;
  event.preventDefault();
  act(move);
});

whenGone(gone);
const booted = boot(first);
