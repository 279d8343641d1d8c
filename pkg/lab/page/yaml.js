// What the editor has to know of YAML, and no more: which letters are of which kind, and what a new
// line begins with. It reads half-written text without complaint; what is wrong with a file, what may
// stand at a place and what it means are the server's to say.

const plainKey = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:{}[\],&*!|>'"%@`-][^#]*?|-[^\s#][^#]*?)(?=\s*:(?:\s|$))/;
const blockHead = /^[|>][+-]?\d?[+-]?\s*(?:#.*)?$/;

/**
 * Cuts a line into tokens of one kind each, in order and without gaps.
 * @param {string} line without its end
 * @param {{flow: number, block: number}} state as it was before the line: how many brackets are
 *   open, and the indentation that a block text stands under (-1: none)
 * @returns {{tokens: {kind: string, text: string}[], state: {flow: number, block: number}}}
 */
export function cut(line, state = { flow: 0, block: -1 }) {
  const tokens = [];
  const add = (kind, text) => {
    if (!text) return;
    const last = tokens[tokens.length - 1];
    if (last && last.kind === kind) last.text += text;
    else tokens.push({ kind, text });
  };
  let { flow, block } = state;
  const indent = line.search(/\S/);
  if (block >= 0) {
    if (indent < 0 || indent > block) {
      add("text", line);
      return { tokens, state: { flow, block } };
    }
    block = -1;
  }
  let at = 0;
  const take = (kind, n) => {
    add(kind, line.slice(at, at + n));
    at += n;
  };
  while (at < line.length) {
    const rest = line.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) {
      take("", space[0].length);
      continue;
    }
    if (rest[0] === "#" && (at === 0 || /\s/.test(line[at - 1]))) {
      take("comment", rest.length);
      break;
    }
    if (flow === 0 && /^-(?:\s|$)/.test(rest)) {
      take("punct", 1);
      continue;
    }
    if (flow === 0 && /^(?:---|\.\.\.)\s*$/.test(rest) && at === 0) {
      take("punct", rest.length);
      continue;
    }
    const key = flow === 0 ? plainKey.exec(rest) : flowKey(rest);
    if (key) {
      take("key", key[0].length);
      take("", /^\s*/.exec(line.slice(at))[0].length);
      take("punct", 1);
      continue;
    }
    if (flow === 0 && blockHead.test(rest)) {
      take("punct", 1);
      block = Math.max(indent, 0);
      // The marks after it and a comment are of no interest to anybody who reads.
      continue;
    }
    if ("{[".includes(rest[0])) {
      flow++;
      take("punct", 1);
      continue;
    }
    if (flow > 0 && "}],".includes(rest[0])) {
      if (rest[0] !== ",") flow--;
      take("punct", 1);
      continue;
    }
    const quoted = /^"(?:[^"\\]|\\.)*"?|^'(?:[^']|'')*'?/.exec(rest);
    if (quoted) {
      take("text", quoted[0].length);
      continue;
    }
    const anchor = /^[&*!][^\s,\]}]*/.exec(rest);
    if (anchor) {
      take("anchor", anchor[0].length);
      continue;
    }
    const plain = (flow > 0 ? /^[^,\]}{[]+?(?=\s+#|\s*[,\]}{[]|\s*$)|^./ : /^.+?(?=\s+#|\s*$)/).exec(rest);
    take(kindOf(plain[0]), plain[0].length);
  }
  return { tokens, state: { flow, block } };
}

function flowKey(rest) {
  return /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]#:'"][^,{}[\]#:]*?)(?=\s*:(?:\s|$))/.exec(rest);
}

function kindOf(word) {
  if (/^[-+]?(?:\d[\d_]*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word)) return "number";
  if (/^(?:true|false|null|~)$/.test(word)) return "word";
  return "plain";
}

/** What a new line after this one begins with. */
export function indentAfter(line) {
  const dashes = /^\s*(?:-\s+)*/.exec(line)[0];
  const body = line.slice(dashes.length);
  const plain = dashes.replace(/-/g, " ");
  if (/^[^#]*:\s*(?:[|>][+-]?\s*)?(?:#.*)?$/.test(body) && !/[{[]/.test(body)) return plain + "  ";
  return plain;
}
