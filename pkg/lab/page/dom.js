// Elements without markup in strings: what comes from the server is text, never HTML.

/** @param {string} id */
export const $ = (id) => document.getElementById(id);

/**
 * Makes an element. Attributes that are null, undefined or false are left out; on… are listeners.
 * @param {string} tag with classes: "div.card.wide"
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const stops = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Puts these children in place of what was there. Who was in there with the keyboard stays at the same place. */
export function fill(node, ...children) {
  const held = document.activeElement;
  const inside = held !== node && node.contains(held);
  const place = inside ? [...node.querySelectorAll(stops)].indexOf(held) : -1;
  node.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  if (!inside || document.activeElement === held) return;
  const again = node.contains(held) ? held : held.id ? $(held.id) : node.querySelectorAll(stops)[place];
  again?.focus({ preventScroll: true });
}

/** Says something to those who hear the page. */
export function say(text, id = "live") {
  const live = $(id);
  if (live.textContent === text) live.textContent = text + "\u00a0"; // the same words are said again
  else live.textContent = text;
}

/** Calls it once things are quiet for so long. */
export function calm(ms, call) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), ms);
  };
}

export const lessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** 1 call, 2 calls. */
export const count = (n, one, many = one + "s") => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
