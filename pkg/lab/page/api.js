// The only module that talks to the server. It needs no other one, and index.html has it run by itself: the session is
// on its way while the other modules are read.

/** Takes the token out of the address, where it would be seen over a shoulder and kept in a history. */
function taken() {
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem("lab", given);
    history.replaceState(null, "", location.pathname);
  }
  return given || sessionStorage.getItem("lab") || "";
}

const token = taken();
let reason = null; // why the server does not answer; null: it does
let listener = null;

function onGone(why) {
  reason = why;
  listener?.(why);
}

/** Has somebody told when the server is gone, and why ("ended", "token"), or there again (null). */
export function whenGone(tell) {
  listener = tell;
  if (reason) tell(reason);
}

/** What the server refuses, in its words: message says what and why, hint the next step. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.error?.message || `the server answered ${status}`);
    this.status = status;
    this.hint = body?.error?.hint || "";
    this.body = body || {};
  }
}

/** The server does not answer: it has ended, or it never knew this token. */
export class Gone extends Error {}

async function ask(method, path, body) {
  let answer;
  try {
    answer = await fetch("api/" + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
    });
  } catch (e) {
    onGone("ended");
    throw new Gone(e.message);
  }
  const found = await answer.json().catch(() => null);
  if (answer.status === 401) {
    onGone("token");
    throw new Gone("token");
  }
  if (!answer.ok) throw new Refused(answer.status, found);
  if (found === null) throw new Refused(answer.status, { error: { message: `the server's answer to ${path} is no JSON` } });
  onGone(null);
  return found;
}

export const get = (path, query = {}) => {
  const q = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== null && v !== undefined)).toString();
  return ask("GET", q ? `${path}?${q}` : path);
};
export const post = (path, body = {}) => ask("POST", path, body);

/** The session as it was when the page was opened; null when the address has no token. */
export const first = token ? get("session") : null;
first?.catch(() => {}); // who waits for it is told
