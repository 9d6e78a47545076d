// Saves the answers of an evaluation as they are given. What cannot leave is kept on this device,
// one item per question and page, until the site has it: closing the page loses nothing.
const state = document.querySelector("[data-bdis-evaluation]");
const form = document.querySelector("[data-bdis-answers]");
const words = state.dataset;
const prefix = `bdis-evaluation/${words.bdisEvaluation}/${words.user}/`;
const plural = new Intl.PluralRules(document.documentElement.lang || "fr");
const entries = []; // {name, key, base, fields, sent: {id, fields} | null, refused}
let token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let running = null;
let timer = 0;
let failures = 0;
let leaving = false;

const uuid = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const find = (key) => form?.querySelector(`[data-bdis-question="${CSS.escape(key)}"]`);
const controls = (question) =>
  [...question.querySelectorAll("input, textarea, select")].filter(
    (one) => one.name && one.type !== "file" && !one.name.endsWith("-base"),
  );
const isTick = (control) => control.type === "radio" || control.type === "checkbox";
const baseOf = (question) => question.querySelector('[name$="-base"]');

function read(question) {
  const given = controls(question).filter((one) => !isTick(one) || one.checked);
  return Object.fromEntries(given.map((one) => [one.name, one.value]));
}

function fill(question, fields) {
  for (const one of controls(question)) {
    if (isTick(one)) one.checked = fields[one.name] === one.value;
    else one.value = fields[one.name] ?? "";
  }
}

function keep(entry) {
  const { name, ...rest } = entry;
  try {
    localStorage.setItem(name, JSON.stringify(rest));
  } catch {
    // Storage may be refused or full: the page itself still holds the answer.
  }
}

function drop(entry) {
  entries.splice(entries.indexOf(entry), 1);
  // The page that comes may have been made before this save: it sends it again, and shows it.
  if (leaving) return;
  try {
    localStorage.removeItem(entry.name);
  } catch {
    // As above.
  }
}

function say(text, link) {
  const place = state.querySelector("[data-bdis-state]");
  if (place.textContent.trim() === text) return;
  place.textContent = text;
  if (!link) return;
  const anchor = document.createElement("a");
  anchor.href = words.signInUrl;
  anchor.target = "_blank";
  anchor.rel = "noopener";
  anchor.textContent = words.signIn;
  place.append(" ", anchor);
}

function showError(question, text) {
  const place = question?.querySelector("[data-bdis-error]");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

function showProgress({ answered, awaited }) {
  const bar = document.querySelector("[data-bdis-bar]");
  const count = document.querySelector("[data-bdis-count]");
  if (!form || !bar) return;
  bar.value = answered;
  const text = plural.select(answered) === "one" ? count.dataset.one : count.dataset.many;
  count.textContent = text.replace("{answered}", answered).replace("{awaited}", awaited);
}

const post = (url, body, options = {}) =>
  fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token }, ...options });
const bodyOf = (entry) =>
  JSON.stringify({
    key: entry.key,
    base: entry.base,
    save_id: entry.sent.id,
    fields: entry.sent.fields,
  });

// The connection fails, or the site does: try again later, and say what waits meanwhile.
function lost() {
  failures += 1;
  timer = setTimeout(flush, Math.min(60, 2 ** failures) * 1000);
  const count = new Set(entries.map((entry) => entry.key)).size;
  const text = plural.select(count) === "one" ? words.lostOne : words.lost;
  say(text.replace("{count}", count));
  return false;
}

async function renewToken() {
  const response = await fetch(words.save).catch(() => null);
  if (response?.status === 401) return signedOut();
  if (!response?.ok) return lost();
  const renewed = (await response.json()).token;
  // Refused with a token that is right: nothing that trying again at once would mend.
  return failures < 3 ? ((token = renewed), (failures += 1), true) : lost();
}

function signedOut() {
  say(words.signedOut, true);
  return false;
}

function refuse(entry, { error }) {
  entry.refused = same(entry.fields, entry.sent.fields);
  entry.sent = null;
  keep(entry);
  showError(find(entry.key), error);
  say(words.refused);
  return true;
}

function acknowledge(entry, saved) {
  const question = find(entry.key);
  const unchanged = same(entry.fields, entry.sent.fields);
  entry.sent = null;
  failures = 0;
  // The page moves to the answer that stands only if it shows it; else the next save says what
  // it was made from, and a conflict is seen.
  if (!saved.html || unchanged) entry.base = saved.revision;
  if (unchanged) drop(entry);
  else keep(entry);
  showProgress(saved);
  say(words.saved.replace("{time}", saved.time));
  if (!question) return true;
  showError(question, "");
  if (baseOf(question)) baseOf(question).value = entry.base;
  if (saved.html && unchanged) replace(question, saved.html);
  return true;
}

function replace(question, html) {
  const had = question.contains(document.activeElement);
  const made = document.createElement("template");
  made.innerHTML = html;
  const shown = made.content.querySelector("[data-bdis-question]");
  question.replaceWith(shown);
  if (had) shown.focus();
}

// Sends one entry; true when the next may go. Sent again, it keeps its id: it is written once.
async function send(entry) {
  entry.sent ??= { id: uuid(), fields: entry.fields };
  keep(entry);
  let response;
  let told;
  try {
    response = await post(words.save, bodyOf(entry));
    if (response.status === 401) return signedOut();
    if (response.status === 403) return renewToken();
    if (response.status === 404 || response.status === 409) {
      entry.refused = true;
      say(words.ended);
      return true;
    }
    told = await response.json();
  } catch {
    return lost();
  }
  if (response.status === 400 || response.status === 422) return refuse(entry, told);
  return response.ok ? acknowledge(entry, told) : lost();
}

async function sendAll() {
  clearTimeout(timer);
  let entry;
  while ((entry = entries.find((one) => !one.refused))) {
    if (!(await send(entry))) return false;
  }
  return true;
}

function flush() {
  running ??= sendAll().finally(() => {
    running = null;
  });
  return running;
}

function soon(seconds) {
  if (failures) return; // a later try is planned
  clearTimeout(timer);
  timer = setTimeout(flush, seconds * 1000);
}

function changed(question, seconds) {
  const key = question.dataset.bdisQuestion;
  let entry = entries.find((one) => one.key === key);
  if (!entry) {
    if (!baseOf(question)) return;
    entry = { name: `${prefix}${key}/${uuid()}`, key, base: Number(baseOf(question).value) };
    entry.sent = null;
    entries.push(entry);
  }
  entry.fields = read(question);
  entry.refused = false;
  keep(entry);
  soon(seconds);
}

async function upload(input) {
  const question = input.closest("[data-bdis-question]");
  const body = new FormData();
  body.append("key", question.dataset.bdisQuestion);
  body.append("file", input.files[0]);
  say(words.saving);
  try {
    const response = await post(words.upload, body);
    if (response.status === 401) return signedOut();
    const told = await response.json();
    showError(question, told.error ?? "");
    if (!response.ok) return say(words.refused);
    question.querySelector("[data-bdis-files]").innerHTML = told.html;
    input.value = ""; // it is there: the form must not send it again
    say("");
  } catch {
    say(words.away);
  }
}

// What a page that was closed could not send: shown again, and sent.
function takeBack() {
  let names = [];
  try {
    names = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return;
  }
  for (const name of names) {
    try {
      const entry = { ...JSON.parse(localStorage.getItem(name)), name, refused: false };
      const question = find(entry.key);
      entries.push(entry);
      if (question && baseOf(question)) fill(question, entry.fields);
    } catch {
      localStorage.removeItem(name);
    }
  }
}

takeBack();
if (entries.length) flush();

form?.addEventListener("input", ({ target }) => {
  const question = target.closest("[data-bdis-question]");
  if (question && target.type !== "file") changed(question, isTick(target) ? 0 : 1);
});
form?.addEventListener("change", ({ target }) => {
  const question = target.closest("[data-bdis-question]");
  if (question && target.type === "file" && target.files.length) upload(target);
  else if (question && !isTick(target)) soon(0);
});
form?.addEventListener("submit", async (event) => {
  const waits = entries.some((entry) => !entry.refused);
  if (!waits && navigator.onLine) return;
  event.preventDefault();
  const submitter = event.submitter;
  if (!navigator.onLine) {
    if (waits) lost();
    else say(words.away);
  } else if (await flush()) {
    form.requestSubmit(submitter);
  }
});
addEventListener("online", () => {
  failures = 0;
  flush().then((sent) => sent && !entries.length && state.textContent.trim() === words.away && say(""));
});
document.addEventListener("visibilitychange", () => {
  if (entries.length) flush();
});
addEventListener("beforeunload", () => {
  leaving = true;
});
addEventListener("pageshow", () => {
  leaving = false;
});
addEventListener("pagehide", () => {
  for (const entry of entries.filter((one) => !one.refused)) {
    entry.sent ??= { id: uuid(), fields: entry.fields };
    keep(entry);
    post(words.save, bodyOf(entry), { keepalive: true }).catch(() => {});
  }
});
