// Where the call is among the tasks of its flow: a card each, in the order of a call. The picture is higher than any screen;
// this is not.

import { $, el, fill, count } from "./dom.js";
import { words } from "./player.js";

export class Cards {
  #box = $("map");
  #of = []; // cards as the server gives them
  #cardOf = new Map(); // by box
  #here = null;

  /** @param {(card: string, lane: number) => void} go */
  constructor(go) {
    this.go = go;
    this.#box.open = localStorage.getItem("lab-map") !== "closed";
    this.#box.addEventListener("toggle", () => localStorage.setItem("lab-map", this.#box.open ? "open" : "closed"));
    new ResizeObserver(() => this.#follow(this.#here)).observe($("map-cards"));
  }

  /** @param {{id: string, name: string}[]} cards @param {{id: string, card: string}[]} nodes boxes with their cards */
  show(cards, nodes) {
    this.#box.hidden = cards.length < 2; // of one task nothing has to be found
    this.#cardOf = new Map(nodes.map((n) => [n.id, n.card]));
    this.#here = null;
    const same = cards.length === this.#of.length && cards.every((c, i) => c.id === this.#of[i].id && c.name === this.#of[i].name);
    if (same) return;
    this.#of = cards;
    fill(
      $("map-cards"),
      cards.map((c) => {
        const n = Number(c.id.replace("task-", ""));
        return el("li", {}, el("button.task", { type: "button", id: `map-${c.id}`, onclick: () => this.go(c.id, n - 1) }, el("span.n", {}, String(n)), " ", el("span.name", {}, c.name), " ", el("span.waited", {})));
      }),
    );
  }

  hide() {
    this.#box.hidden = true;
  }

  /** The cards of the steps, null for what stands in none. */
  of(steps) {
    return steps.map((s) => this.#cardOf.get(s.node) ?? null);
  }

  /** Marks where the call was up to a step, where it is, and how long it waited in each. */
  walk(steps, at) {
    const cards = this.of(steps);
    const waited = new Map();
    let here = null;
    for (let i = 0; i < at; i++) {
      if (!cards[i]) continue;
      here = cards[i];
      waited.set(here, (waited.get(here) ?? 0) + steps[i].ms);
    }
    for (const c of this.#of) {
      const button = $(`map-${c.id}`);
      button.classList.toggle("on", waited.has(c.id));
      if (c.id === here) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      const ms = waited.get(c.id) ?? 0;
      const text = ms > 0 ? words(ms) : "";
      const box = button.querySelector(".waited");
      if (box.textContent !== text) box.textContent = text;
    }
    const through = this.#of.filter((c) => waited.has(c.id)).length;
    const name = this.#of.find((c) => c.id === here)?.name;
    const where = at === steps.length ? "the call ended in" : "the call is in";
    $("map-note").textContent = name ? `${where} ${name} · ${through} of ${count(this.#of.length, "task")}` : "";
    if (here !== this.#here) this.#follow(here);
    this.#here = here;
  }

  // Where the cards stand in one row, that of the call is in sight; the page itself is never moved.
  #follow(card) {
    const list = $("map-cards");
    const button = card && $(`map-${card}`);
    if (!button || list.scrollWidth <= list.clientWidth) return;
    const at = button.parentElement;
    list.scrollTo({ left: at.offsetLeft - (list.clientWidth - at.offsetWidth) / 2, behavior: "instant" });
  }
}
