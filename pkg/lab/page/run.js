// Breaker, switch and clock of the run, as dials that can be turned.

import { $, el } from "./dom.js";

/** 2026-11-23T15:00:02Z → 23 Nov 2026, 15:00:02 UTC */
export function clock(at) {
  const t = new Date(at);
  if (Number.isNaN(t.getTime())) return at || "–";
  const day = t.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return `${day}, ${t.toISOString().slice(11, 19)} UTC`;
}

const stateWord = (dial) => (dial.missing ? "row missing" : dial.state);
const time = (at) => new Date(at).toISOString().slice(11, 19);

export class Run {
  /** @param {(change: () => object) => void} turn is given what is to change as soon as the last turn was answered @param {(name: string) => void} ask opens a dialog */
  constructor(turn, ask) {
    this.run = null;
    $("switch").addEventListener("click", () => turn(() => ({ switch: this.run.switch.state !== "on" })));
    $("breaker-turn").addEventListener("click", () => (this.run.breaker.state === "open" ? turn(() => ({ breaker: { open: 0 } })) : ask("breaker")));
    $("clock-set").addEventListener("click", () => ask("clock"));
    $("clock-on").addEventListener("click", () => turn(() => ({ at: new Date(Date.parse(this.run.at) + 60000).toISOString() })));
    $("reset").addEventListener("click", () => ask("reset"));
  }

  show(run) {
    this.run = run;
    $("clock").textContent = clock(run.at);
    $("run-calls").textContent = String(run.calls);
    for (const id of ["reset", "clock-on", "clock-set"]) $(id).disabled = false;
    $("dial-switch").hidden = !run.switch;
    if (run.switch) {
      $("switch").setAttribute("aria-checked", String(run.switch.state === "on"));
      $("switch-word").textContent = stateWord(run.switch);
      $("switch-word").title = run.switch.reason || "";
    }
    $("dial-breaker").hidden = !run.breaker;
    if (run.breaker) {
      const is = run.breaker.state === "open";
      $("breaker").textContent = is && run.breaker.until ? `open until ${time(run.breaker.until)}` : stateWord(run.breaker);
      $("breaker").classList.toggle("warn", is);
      $("breaker").title = run.breaker.reason || "";
      $("breaker-turn").textContent = is ? "Close it" : "Open it…";
    }
  }
}

/** The fields of the dialogs that turn a dial. */
export function breakerField() {
  return el(
    "div.field",
    {},
    el("label", { for: "breaker-for" }, "open for"),
    el("select", { id: "breaker-for" }, [["15", "15 seconds"], ["60", "1 minute"], ["900", "15 minutes"], ["3600", "1 hour"]].map(([v, t]) => el("option", { value: v }, t))),
  );
}

export function clockField(at) {
  return el("div.field", {}, el("label", { for: "clock-at" }, "the next call comes at"), el("input", { id: "clock-at", type: "text", value: at, spellcheck: "false", autocomplete: "off" }));
}
