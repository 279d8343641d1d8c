import test from "node:test";
import assert from "node:assert/strict";

// The module speaks to a page only when a phone is made.
import { plainNumber } from "./phone.js";

test("a number is pasted as people write it", () => {
  for (const [text, want] of [
    ["+1 (513) 555-0142", "+15135550142"],
    ["(513) 555‑0142", "5135550142"],
    [" 513.555.0142\n", "5135550142"],
    ["513/555-0142", "5135550142"],
    ["tel:+1-513-555-0142", "+15135550142"],
    ["\u202a+1\u00a0513\u00a0555\u00a00142\u202c", "+15135550142"],
    ["+44 (0)20 7946 0958", "+442079460958"],
    ["0049 30 123456", "004930123456"],
    ["+15135550142", "+15135550142"],
  ]) assert.equal(plainNumber(text), want, text);
});

test("what is no number stays as it is", () => {
  for (const text of ["anonymous", "sip:+15135550142@example.com", "+1 513 555 0142 ext 5", "12-34", "", "call 5135550142"]) assert.equal(plainNumber(text), null, text);
});
