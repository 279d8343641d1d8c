// A call is played on a time line of its own: what took time in the call takes time here, short
// waits as they were, long ones compressed, and steps that took none as long as an eye needs.

const glance = 260; // ms for a step that took no time
const longest = 1600; // ms that the longest wait takes here

/**
 * How long a step is shown, in ms, at the usual speed.
 * @param {number} wait of the call, in ms
 * @param {boolean} sameBox it stands in the same box as the step before: only words change
 */
export function shown(wait, sameBox = false) {
  if (wait <= 0) return sameBox ? glance / 2 : glance;
  if (wait <= 600) return Math.max(glance, wait);
  // From there on each doubling takes as long as the one before.
  return Math.min(longest, Math.round(600 + 320 * Math.log2(wait / 600)));
}

/**
 * The player's state, without a clock: who draws asks it what to show after so many ms.
 * Position 0 is before the first step; position n is at the nth.
 */
export class Player {
  #steps;
  #ends = []; // of each step, in ms of the time line

  /** @param {{node: string, wait: number}[]} steps */
  constructor(steps = []) {
    this.#steps = steps;
    let end = 0;
    steps.forEach((step, i) => {
      end += shown(step.wait, i > 0 && steps[i - 1].node === step.node);
      this.#ends.push(end);
    });
    this.at = 0;
    this.spent = 0; // of the step it is at, in ms of the time line
    this.playing = false;
    this.speed = 1;
  }

  get length() {
    return this.#steps.length;
  }

  get step() {
    return this.at > 0 ? this.#steps[this.at - 1] : null;
  }

  /** How far the step it is at has come, from 0 to 1. */
  get part() {
    if (this.at === 0) return 0;
    const whole = this.#long(this.at);
    return whole === 0 ? 1 : Math.min(1, this.spent / whole);
  }

  /** What the caller had waited when the call was here, in ms. */
  get waited() {
    let sum = 0;
    for (let i = 0; i < this.at - 1; i++) sum += this.#steps[i].wait;
    const step = this.step;
    return step ? Math.round(sum + step.wait * (this.playing ? this.part : 1)) : 0;
  }

  #long(n) {
    return this.#ends[n - 1] - (n > 1 ? this.#ends[n - 2] : 0);
  }

  play() {
    if (this.length === 0) return;
    if (this.at >= this.length) this.seek(0);
    this.playing = true;
  }

  pause() {
    this.playing = false;
  }

  /** Goes to a position, within what there is. */
  seek(n) {
    this.at = Math.max(0, Math.min(this.length, Math.round(n)));
    this.spent = 0;
  }

  next() {
    this.pause();
    this.seek(this.at + 1);
  }

  back() {
    this.pause();
    this.seek(this.at - 1);
  }

  /** To the next step in another box, or to the one before. */
  box(direction) {
    this.pause();
    let n = this.at + direction;
    const here = this.step?.node;
    while (n > 0 && n <= this.length && this.#steps[n - 1].node === here) n += direction;
    if (direction < 0 && n > 0) {
      // The first step of that box, not its last.
      const there = this.#steps[n - 1].node;
      while (n > 1 && this.#steps[n - 2].node === there) n--;
    }
    this.seek(n);
  }

  /**
   * Lets time pass.
   * @param {number} ms since the last time
   * @returns {boolean} whether it went to another step
   */
  tick(ms) {
    if (!this.playing) return false;
    let left = ms * this.speed;
    const from = this.at;
    if (this.at === 0) this.at = 1;
    while (left > 0) {
      const whole = this.#long(this.at);
      const need = whole - this.spent;
      if (left < need) {
        this.spent += left;
        break;
      }
      left -= need;
      if (this.at >= this.length) {
        this.spent = whole;
        this.playing = false;
        break;
      }
      this.at++;
      this.spent = 0;
    }
    return this.at !== from;
  }
}

/** A wait as the picture has it: 3,102 ms, 65 s, 12 min. */
export function words(ms) {
  if (ms < 10000) return `${Math.round(ms).toLocaleString("en-US")} ms`;
  if (ms < 600000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60000).toLocaleString("en-US")} min`;
}
