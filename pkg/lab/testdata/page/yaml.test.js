import test from "node:test";
import assert from "node:assert/strict";
import { cut, indentAfter } from "./yaml.js";

const kinds = (line, state) => cut(line, state).tokens.filter((t) => t.kind).map((t) => `${t.kind} ${t.text}`);

test("keys, values and marks", () => {
  assert.deepEqual(kinds("name: acme-inbound"), ["key name", "punct :", "plain acme-inbound"]);
  assert.deepEqual(kinds('  "985123456": Negotiation # as in HubSpot'), ['key "985123456"', "punct :", "plain Negotiation", "comment # as in HubSpot"]);
  assert.deepEqual(kinds("    - name: 12.5"), ["punct -", "key name", "punct :", "number 12.5"]);
  assert.deepEqual(kinds("to: {queue: Customer Care, skills: [A, B], screenPop: none, won: true}"), [
    "key to", "punct :", "punct {", "key queue", "punct :", "plain Customer Care", "punct ,", "key skills", "punct :", "punct [", "plain A", "punct ,",
    "plain B", "punct ],", "key screenPop", "punct :", "plain none", "punct ,", "key won", "punct :", "word true", "punct }",
  ]);
});

test("brackets over several lines", () => {
  const first = cut("when: {");
  assert.equal(first.state.flow, 1);
  const second = cut("  stage: [closedwon]}", first.state);
  assert.equal(second.state.flow, 0);
});

test("a block text is text up to the line that stands further left", () => {
  const head = cut("  message: |");
  assert.deepEqual(kinds("    key: no key", head.state), ["text     key: no key"]);
  assert.deepEqual(cut("", head.state).state, head.state);
  assert.deepEqual(kinds("  next: 1", head.state), ["key next", "punct :", "number 1"]);
});

test("no letter is lost and none is added, whatever the line", () => {
  const odd = ["", " ", "a", "a:", ":", "::", "- - x", "'it''s", '"open', "{", "}", "}}}", "[a, {b: c", "# x", "a#b: c", "&x *y !z", "key : v", "|", "> x", "…: ••", "a: 'b' c", "?", "%", "@a", "`", "-", "--- # x", "a: b: c", "{a: }", "\t- x"];
  for (const line of odd) {
    for (const flow of [0, 1]) {
      assert.equal(cut(line, { flow, block: -1 }).tokens.map((t) => t.text).join(""), line, JSON.stringify(line));
    }
  }
});

test("a new line begins where the next key belongs", () => {
  assert.equal(indentAfter("routing:"), "  ");
  assert.equal(indentAfter("    - name: gold"), "      ");
  assert.equal(indentAfter("  to: {queue: Sales}"), "  ");
  assert.equal(indentAfter("  note: |"), "    ");
  assert.equal(indentAfter("# routing:"), "");
});
