// The page shows what the server says and sends what is clicked. It computes nothing.

const main = document.getElementById("main");
const rooms = ["start", "check", "run"];
const RUNNABLE = ["merge", "agree", "analyze"];
let key = sessionStorage.getItem("key");
let words = {};
let language = sessionStorage.getItem("language") || "";
let room = "start";
let study = {};

class Refused extends Error {
  constructor(status, said) {
    super(said.problem || "");
    this.status = status;
    this.hint = said.hint;
  }
}

async function ask(path, given) {
  const headers = { "X-Elancry-Key": key || "", "X-Elancry-Language": language };
  const request = { headers };
  if (given !== undefined) {
    request.method = "POST";
    request.body = JSON.stringify(given);
    headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, request);
  } catch {
    throw new Refused(0, { problem: words["gone"] || "elancry has ended." });
  }
  if (answer.ok) return answer.json();
  if (answer.status === 409) throw new Refused(409, await answer.json());
  throw new Refused(answer.status, { problem: words["locked"] || "Start elancry again: this page has no key." });
}

function say(code, fields = {}) {
  return (words[code] || code).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

// make("button", {class: "main", onclick: ...}, "text", child, ...)
function make(tag, given = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value === "boolean") element[name] = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...inside.filter((child) => child !== null && child !== undefined));
  return element;
}

function spoken(message) {
  document.getElementById("spoken").textContent = message;
}

function problem(error) {
  const card = make("section", { class: "card problem", role: "alert" }, make("p", {}, error.message));
  if (error.hint) card.append(make("p", { class: "soft" }, error.hint));
  return card;
}

function guarded(work) {
  return async (event) => {
    main.querySelectorAll(".problem").forEach((card) => card.remove());
    const button = event?.currentTarget;
    if (button) button.disabled = true;
    try {
      await work(event);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      main.prepend(problem(error));
      main.firstChild.scrollIntoView({ block: "nearest" });
    } finally {
      if (button) button.disabled = false;
    }
  };
}

function heading(code) {
  const title = say(code);
  document.title = `${title} – elancry`;
  return make("h1", {}, title);
}

async function show(name) {
  room = name;
  for (const button of document.querySelectorAll("#rooms button")) {
    if (button.dataset.room === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  main.replaceChildren();
  try {
    await { start, check, run }[name]();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    main.append(heading(`room-${name}`), problem(error));
  }
  main.focus({ preventScroll: true });
}

function frame() {
  document.documentElement.lang = language;
  document.getElementById("language-label").textContent = say("language");
  document.getElementById("study-name").textContent = study.name ? `· ${study.name}` : "";
  document.getElementById("rooms").replaceChildren(
    ...rooms.map((name) =>
      make("button", { type: "button", "data-room": name, disabled: name !== "start" && !study.name,
        "aria-current": name === room ? "page" : null, onclick: () => show(name) }, say(`room-${name}`))),
  );
}

// ---- Start: which study, and what comes next

async function start() {
  main.append(heading("room-start"));
  study = await ask("/api/study");
  frame();
  if (study.name) {
    main.append(
      make("section", { class: "card" }, make("h2", {}, study.name), make("p", { class: "soft" }, study.path),
        make("p", { class: "card next" }, study.next),
        make("div", { class: "row" },
          make("button", { type: "button", class: "main", onclick: () => show("check") }, say("go-check")),
          make("button", { type: "button", onclick: () => show("run") }, say("go-run")))),
    );
  } else {
    main.append(make("p", {}, say("welcome")));
  }
  const list = make("section", { class: "card", id: "chooser" });
  main.append(list);
  await folders("", list);
}

async function folders(path, list) {
  const found = await ask(`/api/folders?path=${encodeURIComponent(path)}`);
  const open = (to) => guarded(async () => {
    await folders(to, list);
    list.querySelector("h2").focus();
  });
  const items = found.entries.map((entry) =>
    make("li", {}, make("button", { type: "button", onclick: open(entry.path) },
      entry.files ? say("folder-with-files", { name: entry.name, n: entry.files }) : entry.name)));
  list.replaceChildren(
    make("h2", { tabindex: "-1" }, say("choose")),
    make("p", { class: "soft" }, found.path),
    make("div", { class: "row" },
      ...found.places.map((place) => make("button", { type: "button", onclick: open(place) }, place)),
      found.parent ? make("button", { type: "button", onclick: open(found.parent) }, say("up")) : null),
    items.length ? make("ul", { class: "folders" }, ...items) : make("p", { class: "soft" }, say("no-folders")),
    make("div", { class: "row" },
      make("button", { type: "button", class: "main", onclick: guarded(async () => {
        study = await ask("/api/choose", { path: found.path });
        frame();
        spoken(say("chosen", { name: study.name }));
        await show("start");
      }) }, say("use-folder"))),
  );
}

// ---- Check: what came back, and may we trust it

function folderField(code, name) {
  const id = `folder-${name}`;
  const select = make("select", { id, name });
  for (const folder of ["", ...study.folders]) select.append(make("option", { value: folder }, folder || say("whole-folder")));
  const likely = study.folders.find((folder) => ["coded", "merged"].includes(folder));
  if (likely) select.value = likely;
  return [make("div", { class: "field" }, make("label", { for: id }, say(code)), select), select];
}

async function check() {
  study = await ask("/api/study");
  main.append(heading("room-check"));
  const [field, folder] = folderField("coded-folder", "check");
  const place = make("div", {});
  main.append(
    make("section", { class: "card" }, field, make("div", { class: "row" },
      make("button", { type: "button", class: "main", onclick: guarded(async () => {
        const job = await ask("/api/start", { command: "check", paths: [folder.value || "."], values: {} });
        await follow(job, place, findings);
      }) }, say("check-now")))),
    place,
  );
}

async function findings(job, place) {
  const found = (await ask(`/api/findings?job=${job.job}`)).findings;
  const kinds = new Map();
  for (const item of found) kinds.set(item.code, [...(kinds.get(item.code) || []), item]);
  const order = ["error", "warning", "info"];
  const sorted = [...kinds.values()].sort((a, b) => order.indexOf(a[0].severity) - order.indexOf(b[0].severity));
  if (!found.length) place.append(make("p", { class: "card next" }, say("nothing-found")));
  for (const items of sorted) {
    const list = make("details", { open: items[0].severity === "error" },
      make("summary", {}, make("span", { class: `severity ${items[0].severity}` }, say(`severity-${items[0].severity}`)),
        ` ${items[0].title} (${items.length})`));
    for (const item of items.slice(0, 200)) {
      list.append(make("div", { class: "finding" }, item.place ? make("p", { class: "soft" }, item.place) : null,
        make("p", {}, item.message), item.hint ? make("p", {}, item.hint) : null));
    }
    if (items.length > 200) list.append(make("p", { class: "soft" }, say("and-more", { n: items.length - 200 })));
    place.append(make("section", { class: "card" }, list));
  }
  spoken(say("findings", { n: found.length }));
}

// ---- Run: a command, its choices, what it says

async function run() {
  study = await ask("/api/study");
  main.append(heading("room-run"));
  const choose = make("div", { class: "row", role: "group", "aria-label": say("what-to-do") });
  const form = make("div", {});
  const place = make("div", {});
  for (const command of RUNNABLE) {
    choose.append(make("button", { type: "button", "aria-pressed": "false", onclick: guarded(async (event) => {
      choose.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", "false"));
      event.currentTarget.setAttribute("aria-pressed", "true");
      await fill(command, form, place);
    }) }, say(`do-${command}`)));
  }
  main.append(make("section", { class: "card" }, choose), form, place);
  const job = await ask("/api/job");
  if (job.job && ["running", "stopping"].includes(job.state)) follow(job, place, outcome);
}

function control(field) {
  const id = `field-${field.name}`;
  let input;
  if (field.kind === "flag") {
    input = make("input", { id, type: "checkbox", checked: Boolean(field.value) });
  } else if (field.choices.length) {
    input = make("select", { id }, ...["", ...field.choices].map((choice) => make("option", { value: choice }, choice || say("as-usual"))));
    input.value = field.chosen ? field.value : "";
  } else {
    input = make("input", { id, type: "text", value: field.chosen ? field.value : "", placeholder: field.value || "", spellcheck: "false" });
  }
  const start = input.type === "checkbox" ? input.checked : input.value;
  input.dataset.name = field.name;
  const read = () => (input.type === "checkbox" ? input.checked : input.value.trim());
  const label = make("label", { for: id }, field.name.replaceAll("_", " "));
  const row = make("div", { class: "field" }, label, make("div", {}, input,
    make("small", {}, [field.words, field.takes].filter(Boolean).join(" – "))));
  return { row, name: field.name, read, changed: () => read() !== start };
}

async function fill(command, form, place) {
  const { fields } = await ask(`/api/form?command=${command}`);
  place.replaceChildren();
  const [inputField, folder] = folderField("coded-folder", "run");
  const output = make("input", { id: "output", type: "text", value: say(`output-${command}`) });
  const controls = fields.map((field) => [field, control(field)]);
  const topics = new Map();
  for (const [field, made] of controls) topics.set(field.topic, [...(topics.get(field.topic) || []), made.row]);
  const changed = () => Object.fromEntries(controls.filter(([, made]) => made.changed()).map(([, made]) => [made.name, made.read()]));
  form.replaceChildren(
    make("section", { class: "card" },
      inputField,
      make("div", { class: "field" }, make("label", { for: "output" }, say("output-folder")), output),
      ...[...topics].map(([topic, rows]) => make("details", {}, make("summary", {}, topic), ...rows)),
      make("div", { class: "row" },
        make("button", { type: "button", class: "main", onclick: guarded(async () => {
          const job = await ask("/api/start", { command, paths: [folder.value || "."],
            output: output.value.trim(), values: changed() });
          await follow(job, place, outcome);
        }) }, say("start")))),
  );
}

async function follow(job, place, then) {
  const bar = make("progress", { "aria-label": say("working") });
  const what = make("p", {}, say("working"));
  const stop = make("button", { type: "button", onclick: guarded(() => ask("/api/stop", { job: job.job })) }, say("stop"));
  place.replaceChildren(make("section", { class: "card" }, what, bar, make("div", { class: "row" }, stop)));
  spoken(say("working"));
  for (;;) {
    const now = await ask(`/api/job?job=${job.job}`);
    if (!["running", "stopping"].includes(now.state)) {
      place.replaceChildren();
      await then(now, place);
      if (now.said.trim() || now.printed.trim()) {
        place.prepend(make("section", { class: `card ${now.exit === 0 ? "next" : "problem"}` },
          make("pre", {}, [now.said.trim(), now.printed.trim()].filter(Boolean).join("\n"))));
      }
      return;
    }
    if (now.progress) {
      what.textContent = now.progress.what;
      if (now.progress.total) {
        bar.max = now.progress.total;
        bar.value = now.progress.done;
      } else bar.removeAttribute("value");
    }
    if (now.state === "stopping") what.textContent = say("stopping");
    await new Promise((go) => setTimeout(go, 400));
  }
}

async function outcome(job, place) {
  spoken(say(job.state === "stopped" ? "stopped" : job.exit === 0 ? "done" : "ended-with-errors"));
  study = await ask("/api/study");
  for (const page of job.pages) {
    place.append(make("section", { class: "card" }, make("button", { type: "button", class: "main", onclick: guarded(async () => {
      const { address } = await ask("/api/ticket", { path: page });
      window.open(address, "_blank", "noopener");
    }) }, say("open-page", { name: page }))));
  }
}

// ---- From here on it runs

async function learn() {
  const found = await ask("/api/words");
  words = found.words;
  language = found.language;
  const select = document.getElementById("language");
  select.replaceChildren(...found.languages.map((name) => make("option", { value: name }, name === "de" ? "Deutsch" : name === "en" ? "English" : name)));
  select.value = language;
}

document.getElementById("language").addEventListener("change", async (event) => {
  language = event.target.value;
  sessionStorage.setItem("language", language);
  await learn();
  frame();
  await show(room);
});

async function begin() {
  const word = location.hash.slice(1);
  if (word) {
    history.replaceState(null, "", "/");
    const opened = await fetch("/api/open", { method: "POST", body: JSON.stringify({ word }) });
    if (opened.ok) {
      key = (await opened.json()).key;
      sessionStorage.setItem("key", key);
    }
  }
  try {
    await learn();
  } catch (error) {
    main.append(problem(error));
    return;
  }
  frame();
  await show("start");
  // Answered after a while: so elancry knows that a page is open, also where the browser slows down timers.
  for (;;) {
    try {
      await ask("/api/alive");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      main.prepend(problem(error));
      return;
    }
  }
}

begin();
