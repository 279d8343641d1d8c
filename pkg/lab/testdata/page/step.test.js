import test from "node:test";
import assert from "node:assert/strict";
import { json } from "./step.js";

test("what fits into a short line stands in one, the rest is indented", () => {
  const value = { filterGroups: [{ filters: [{ propertyName: "hs_calculated_phone_number", operator: "EQ" }] }], limit: 20, after: null };
  assert.equal(
    json(value, ""),
    `{
  "filterGroups": [
    {
      "filters": [
        {
          "propertyName": "hs_calculated_phone_number",
          "operator": "EQ"
        }
      ]
    }
  ],
  "limit": 20,
  "after": null
}`,
  );
  assert.equal(json({ id: "1", ok: true }, ""), '{ "id": "1", "ok": true }');
  assert.equal(json(["a", "b"], "    "), '[ "a", "b" ]');
});

test("it stays the JSON that it was", () => {
  for (const value of [null, "", "\n  x", 1.5, [], {}, [[]], { a: [{ b: "c\nd  e" }] }, { "long key with words in it": "long value with many words in it" }]) {
    assert.deepEqual(JSON.parse(json(value, "")), value);
  }
});
