// What the person does with hands, so that nothing that arrives late takes a key that was meant for where the person was.

let touched = 0;
let typedAt = -Infinity;
let pause = Infinity;

const chord = (event) => event.ctrlKey || event.metaKey || event.altKey;

// Before anybody else sees the key.
addEventListener(
  "keydown",
  (event) => {
    if (event.repeat || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    touched++;
    if (chord(event)) {
      typedAt = -Infinity; // a wish ends what was written
    } else if (event.key.length === 1 || event.key === "Enter") {
      pause = event.timeStamp - typedAt;
      typedAt = event.timeStamp;
    }
  },
  true,
);
addEventListener("pointerdown", () => touched++, true);
// A key that is held writes on and on, but presses a button once.
for (const kind of ["keydown", "keypress"]) {
  addEventListener(kind, (event) => event.repeat && event.key === "Enter" && event.target.closest?.("button, summary, input:not([type=range])") && event.preventDefault(), true);
}

/** A number that is another one after each key and each press. */
export const touches = () => touched;

/** How long ago somebody wrote, in ms. */
export const sinceTyped = () => performance.now() - typedAt;

/** How long it was between the key that is being told of and the one before, in ms. */
export const pauseBefore = () => pause;
