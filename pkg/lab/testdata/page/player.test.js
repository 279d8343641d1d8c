import test from "node:test";
import assert from "node:assert/strict";
import { Player, shown, words } from "./player.js";

const call = [
  { node: "a", wait: 0 },
  { node: "a", wait: 0 },
  { node: "b", wait: 118 },
  { node: "c", wait: 3000 },
  { node: "d", wait: 0 },
];

test("a wait is shown as it was while it is short, then shorter and shorter, and never more than a bound", () => {
  assert.equal(shown(400), 400);
  assert.ok(shown(1200) > shown(600) && shown(1200) < 1200);
  assert.ok(shown(3000) > shown(1500));
  assert.equal(shown(3600000), shown(60000));
});

test("a step without a wait takes an eye's time, half of it inside the same box", () => {
  assert.ok(shown(0) > 0);
  assert.equal(shown(0, true), shown(0) / 2);
});

test("steps and boxes, within what there is", () => {
  const p = new Player(call);
  p.back();
  assert.equal(p.at, 0);
  p.box(1);
  assert.equal(p.at, 1);
  p.box(1);
  assert.equal(p.at, 3);
  p.box(-1);
  assert.equal(p.at, 1, "to the first step of the box before");
  p.seek(99);
  assert.equal(p.at, 5);
  p.next();
  assert.equal(p.at, 5);
});

test("time moves it on, through several steps at once, and it ends by itself", () => {
  const p = new Player(call);
  p.play();
  assert.equal(p.tick(1), true);
  assert.equal(p.at, 1);
  p.tick(shown(0) + shown(0, true));
  assert.equal(p.at, 3);
  p.tick(1e6);
  assert.equal(p.at, 5);
  assert.equal(p.playing, false);
  assert.equal(p.waited, 3118);
  p.play();
  assert.equal(p.at, 0, "from the start again");
});

test("twice the speed takes half the time", () => {
  const slow = new Player(call);
  const fast = new Player(call);
  fast.speed = 2;
  slow.play();
  fast.play();
  slow.tick(800);
  fast.tick(400);
  assert.deepEqual([fast.at, fast.spent], [slow.at, slow.spent]);
});

test("what the caller has waited grows within a step while it plays", () => {
  const p = new Player(call);
  p.seek(4);
  assert.equal(p.waited, 3118, "a step that is looked at is over");
  p.playing = true;
  p.tick(shown(3000) / 2);
  assert.equal(p.waited, 118 + 1500);
});

test("no call, no step", () => {
  const p = new Player();
  p.play();
  assert.equal(p.playing, false);
  assert.equal(p.step, null);
  assert.equal(p.waited, 0);
});

test("milliseconds in words", () => {
  assert.deepEqual([0, 118, 3102, 65000, 720000].map(words), ["0 ms", "118 ms", "3,102 ms", "65 s", "12 min"]);
});
