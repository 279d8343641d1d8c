// The only module that talks to the server.

let token = "";
let onGone = () => {};

/** Takes the token out of the address, where it would be seen over a shoulder and kept in a history. */
export function open(gone) {
  onGone = gone;
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem("lab", given);
    history.replaceState(null, "", location.pathname);
  }
  token = given || sessionStorage.getItem("lab") || "";
  return token !== "";
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
