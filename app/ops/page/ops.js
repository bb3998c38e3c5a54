// The session is in this module's memory only. Whatever is shown is put in as text, never as HTML.

const EVERY = 2000;
const SPARE = 30_000; // milliseconds before its end that an access token is renewed

const $ = (id) => document.getElementById(id);
const form = $("enter");
const rows = new Map(); // of the slowest operations, so that open ones stay open
let session = null;
let timer = 0;
let slowest = [];

// --- session -------------------------------------------------------------------------------------

// Of GraphQL and REST, the one that every server takes: some run trusted documents only.
async function auth(verb, body) {
  const headers = body ? { "Content-Type": "application/json" } : bearer();
  const how = { method: "POST", headers, credentials: "omit", body: body && JSON.stringify(body) };
  const answer = await fetch(`../api/v1/auth/${verb}`, how);
  const told = answer.status === 204 ? {} : await answer.json();
  return { ok: answer.ok, problem: told.errors?.[0], ...told };
}

const bearer = () => ({ Authorization: `Bearer ${session.token}` });

function keep(given) {
  const until = Date.now() + given.expires_in * 1000 - SPARE;
  session = { token: given.access_token, next: given.refresh_token, until };
}

async function enter(event) {
  event.preventDefault();
  const { totp_code, ...body } = Object.fromEntries(new FormData(form));
  let given;
  try {
    given = await auth("login", totp_code ? { ...body, totp_code } : body);
  } catch {
    return say("The server does not answer");
  }
  if (!given.ok) {
    say(given.problem.detail);
    if (given.problem.code !== "totp_required") return;
    $("second").hidden = false;
    form.elements.totp_code.focus();
    return;
  }
  keep(given);
  form.reset();
  $("second").hidden = true;
  say("");
  show(true);
  await tick();
}

async function leave(message = "") {
  clearTimeout(timer);
  const signedOut = auth("logout").catch(() => {});
  session = null;
  show(false);
  say(message);
  await signedOut;
}

async function tick() {
  clearTimeout(timer);
  try {
    if (!document.hidden) await look();
  } catch {
    say("The server does not answer; trying again");
    $("shown").className = "stale";
  }
  clearTimeout(timer);
  if (session) timer = setTimeout(tick, EVERY);
}

async function look() {
  if (Date.now() > session.until) {
    const given = await auth("refresh", { refresh_token: session.next });
    if (!given.ok) return leave(given.problem.detail);
    keep(given);
  }
  const answer = await fetch("data", { headers: bearer(), credentials: "omit", cache: "no-store" });
  const told = await answer.json();
  if (!session) return; // signed out meanwhile
  if (answer.status === 401 || answer.status === 403) await leave(told.errors[0].message);
  else if (!answer.ok) say(told.errors[0].message);
  else { say(""); draw(told); $("shown").className = ""; }
}

// --- what is shown -------------------------------------------------------------------------------

function show(inside) {
  $("shown").hidden = $("leave").hidden = $("process").hidden = $("status").hidden = !inside;
  form.hidden = inside;
}

function say(text) {
  $("message").textContent = text;
  $("message").hidden = !text;
}

function make(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function put(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

const number = (value) => value.toLocaleString("en");
const ms = (value) => (value === undefined ? "–" : `${number(value < 100 ? value : Math.round(value))} ms`);
const time = (seconds) => {
  const [unit, of] = [["days", 86_400], ["hours", 3_600], ["minutes", 60]].find(([, one]) => seconds >= 2 * one) ?? ["seconds", 1];
  return `${number(Math.floor(seconds / of))} ${unit}`;
};
const sum = (counts) => Object.values(counts).reduce((all, one) => all + one, 0);

function draw(told) {
  const { process, health, requests, totals, jobs, operations_under_way: now } = told;
  put($("status"), health.status);
  $("status").className = `badge ${health.status}`;
  const which = process.workers > 1 ? `, worker ${process.worker} of ${process.workers}` : "";
  put($("process"), `process ${process.pid}${which}, version ${process.version}, ` +
    `Python ${process.python}, for ${time(process.uptime_seconds)}`);
  const latest = requests.seconds.slice(-10);
  tiles({
    "requests a second": (latest.reduce((all, one) => all + one, 0) / latest.length).toFixed(1),
    "in the last minute": number(requests.per_minute),
    "half within": ms(requests.latency_ms.p50),
    "95 of 100 within": ms(requests.latency_ms.p95),
    "99 of 100 within": ms(requests.latency_ms.p99),
    "under way": number(requests.in_flight),
    "errors, of all processes": number(sum(totals.errors)),
    "jobs due": jobs.due === undefined ? "–" : number(jobs.due),
  });
  line(requests.seconds);
  slowest = told.slowest;
  operations();
  tables({
    "Health": map(health.checks, (one) => `${one.status}, ${one.latency_ms} ms`),
    "Errors by code": map(totals.errors, number),
    "Answers": map(totals.requests, number),
    "Execution": { "by plan": number(totals.planned), ...map(totals.fallen_back, number) },
    "Operations under way": { running: `${now.running} of ${now.places}`, waiting: now.waiting, "turned away": totals.turned_away },
    "Rate limits": map(totals.limits, number),
    "Connections to the database": map(told.pools, (one) => `${one.in_use} of ${one.limit}, ${one.waiting} waiting`),
    "Jobs": map(jobs, (count, name) => (name === "oldest_due_seconds" ? time(count) : number(count))),
  });
}

// Codes stay as they are: they are looked for elsewhere.
const words = (name) => name.replace("_seconds", "").replace(/(?<=[a-z])_/g, " ");

const map = (counts, how) =>
  Object.fromEntries(Object.entries(counts).map(([name, one]) => [words(name), how(one, name)]));

function tiles(values) {
  $("tiles").replaceChildren(...Object.entries(values).map(([name, value]) => {
    const tile = make("div", "", "tile");
    tile.append(make("b", value), make("span", name));
    return tile;
  }));
}

function line(seconds) {
  const most = Math.max(1, ...seconds);
  put($("peak"), `at most ${number(most)}`);
  const points = seconds.map((one, at) => `${(at * 600) / (seconds.length - 1)},${88 - (one / most) * 84}`);
  $("rate").querySelector("polyline").setAttribute("points", points.join(" "));
  $("rate").querySelector("polygon").setAttribute("points", `0,90 ${points.join(" ")} 600,90`);
}

function tables(all) {
  $("tables").replaceChildren(...Object.entries(all).map(([title, values]) => {
    const section = document.createElement("section");
    const list = document.createElement("dl");
    for (const [name, value] of Object.entries(values)) list.append(term(name), make("dd", value, /^(failed|timeout)/.test(value) ? "bad" : ""));
    section.append(make("h2", title), list.children.length ? list : make("small", "none"));
    return section;
  }));
}

// Broken after underscores, and copied without the breaks.
function term(name) {
  const made = make("dt");
  made.append(...name.split(/(?<=_)/).flatMap((part) => [part, make("wbr")]));
  return made;
}

// --- slowest operations --------------------------------------------------------------------------

function operations() {
  const order = document.querySelector("[name=order]:checked").value;
  const sorted = [...slowest].sort((a, b) => b[order] - a[order]).slice(0, 20);
  const wanted = sorted.flatMap((one) => {
    const key = `${one.hash} ${one.name}`;
    if (!rows.has(key)) rows.set(key, row());
    return rows.get(key).fill(one, order, sorted[0][order] || 1);
  });
  const body = $("slowest");
  if (wanted.some((one, at) => body.children[at] !== one) || body.children.length !== wanted.length) {
    body.replaceChildren(...wanted);
  }
}

function row() {
  const figures = document.createElement("tr");
  const detail = make("tr", "", "detail");
  const [name, ...cells] = Array.from({ length: 7 }, () => figures.insertCell());
  const opens = make("button");
  opens.type = "button";
  name.className = "share";
  name.append(opens);
  const inside = detail.insertCell();
  inside.colSpan = 7;
  const [text, plan, sql] = ["Document", "Plan", "SQL of the slowest run that was traced"].map((title) => {
    const written = document.createElement("pre");
    inside.append(make("b", title), written);
    return written;
  });
  const open = (is) => { detail.hidden = !is; opens.ariaExpanded = String(is); };
  open(false);
  opens.addEventListener("click", () => open(detail.hidden));
  const fill = (one, order, most) => {
    put(opens, one.name || one.hash);
    opens.title = one.name;
    [one.runs, one.total_ms, one.mean_ms, one.slowest_ms, one.last_ms].forEach((value, at) =>
      put(cells[at], at ? ms(value) : number(value)));
    name.style.setProperty("--share", `${(100 * one[order]) / most}%`);
    put(cells[5], one.executed || "–");
    put(text, one.text);
    put(plan, one.outline.join("\n") || one.executed || "none");
    put(sql, one.statements.map((each) => `-- ${each.runs} × · ${ms(each.ms)}\n${each.sql}`).join("\n\n") || "none");
    return [figures, detail];
  };
  return { fill };
}

form.addEventListener("submit", enter);
form.querySelector("button").disabled = false; // without this script it would put the password into the address
$("leave").addEventListener("click", () => leave());
document.addEventListener("visibilitychange", () => session && tick());
for (const order of document.querySelectorAll("[name=order]")) order.addEventListener("change", operations);
