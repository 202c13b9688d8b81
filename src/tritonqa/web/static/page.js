// The page: asks the API it came with, and shows what it says. Texts are put in as text, never as markup.

const at = (id) => document.getElementById(id);
const library = document.body.dataset.library;
const mayChange = !library || Boolean(at("drop"));
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202d\u202e]|\p{Surrogate}/gu;
const plain = (text) => text.replace(ODD, "\ufffd");
const nameOf = (path) => plain(path.split(/[/\\]/).pop());
const WORDS = [[0.9, "almost certain"], [0.75, "very likely"], [0.5, "likely"], [0.25, "doubtful"], [0, "unlikely"]];
const inWords = (score) => WORDS.find(([least]) => score >= least)[1];
const percent = (score) => {
  if (score < 0.005) return "below 1 %";
  return score > 0.995 ? "above 99 %" : `${Math.round(score * 100)} %`;
};
const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const NOTES = { changed: "The file has changed since it was indexed.", missing: "The file is gone." };

function make(name, text = "", values = {}) {
  const element = Object.assign(document.createElement(name), values);
  element.textContent = plain(text);
  return element;
}

// Offsets count code points, as Python does; JavaScript's own count UTF-16 units.
function marked(text, start, end) {
  const points = [...text];
  const part = (from, to) => plain(points.slice(from, to).join(""));
  return [part(0, start), make("mark", part(start, end)), part(end)];
}

// -- asking

let asking = null;

async function ask(event) {
  event.preventDefault();
  const text = at("text")?.value;
  if (!library && !text.trim()) return fail("There is no text yet: paste one into the text box.", at("text"));
  const body = { question: at("question").value, options: { top_k: Number(at("top-k").value) } };
  if (at("always").checked) body.options.no_answer_threshold = 1;
  if (library) Object.assign(body, scope());
  else body.passages = [text];
  history.replaceState(null, "", `#${new URLSearchParams({ q: body.question, ...filters() })}`); // kept for Back; never sent
  asking?.abort();
  const mine = (asking = new AbortController());
  clear("Reading…");
  try {
    show(await answersOf(body, mine.signal), body);
  } catch (error) {
    if (error.name !== "AbortError") fail(error.message, error.field && at(error.field));
  } finally {
    if (mine === asking) at("progress").hidden = true;
  }
}

// The filters that are filled in, by their names in the API: documents, where.author, ….
function filters() {
  const fields = [...document.querySelectorAll("#within :is(input, select)")].filter((field) => field.value.trim());
  return Object.fromEntries(fields.map((field) => [field.id.replace("scope.", ""), field.value.trim()]));
}

function scope() {
  const found = {};
  for (const [name, value] of Object.entries(filters())) {
    const [whole, part] = name.split(".");
    if (part) (found.where ??= {})[part] = pattern(value);
    else found[whole] = whole === "documents" ? pattern(value) : value;
  }
  return Object.keys(found).length ? { scope: found } : {};
}

const pattern = (part) => (/[*?[/\\]/.test(part) ? part : `*${part}*`);

function countFilters() {
  const count = Object.keys(filters()).length;
  at("filters").textContent = count ? `: by ${counted(count, "filter")}` : "";
}

async function answersOf(body, signal) {
  const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
  const response = await reach("/api/ask", { method: "POST", headers, body: JSON.stringify(body), signal });
  for await (const [name, data] of eventsOf(response.body)) {
    if (name === "answers") return data;
    if (name === "error") throw Object.assign(new Error(data.error), data);
    Object.assign(at("progress"), { hidden: data.total < 20, max: data.total, value: data.done });
  }
  throw new Error("The server ended before it had answered; ask again.");
}

async function reach(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("The server can’t be reached; is it running?");
  }
  if (response.ok) return response;
  if (response.status === 401) location.reload();
  const told = await response.json().catch(() => ({ error: `The server answered ${response.status}.` }));
  throw Object.assign(new Error(told.error), told);
}

async function* eventsOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let kept = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (kept + value).split("\n\n");
    kept = parts.pop();
    for (const part of parts) {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(part);
      if (found) yield [found[1], JSON.parse(found[2])];
    }
  }
}

// -- showing

function clear(status) {
  at("status").textContent = status;
  at("status").classList.remove("warning");
  at("answers").replaceChildren();
  at("nothing").hidden = at("same").hidden = true;
}

function fail(message, field) {
  clear(plain(message));
  at("status").classList.add("warning");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

function show(found, body) {
  clear(found.answers.length ? counted(found.answers.length, "answer") : "");
  if (found.question_cut) at("status").textContent += " The question was longer than the reader takes; its end was not read.";
  at("answers").append(...found.answers.map((answer) => answerOf(answer, found.calibrated, body)));
  if (!found.answers.length) showNothing(found);
  at("same").hidden = false;
  at("json").textContent = plain(JSON.stringify(found, null, 2));
  at("python").textContent = plain(python(body));
  at("curl").textContent = plain(curl(body));
}

function answerOf(answer, calibrated, body) {
  const item = at("answer").content.cloneNode(true);
  const get = (selector) => item.querySelector(selector);
  const start = answer.context ? answer.start - answer.context_start : 0;
  get("blockquote").append(...marked(answer.context || answer.text, start, start + [...answer.text].length));
  get(".meter rect").setAttribute("width", 100 * answer.score);
  get("strong").textContent = inWords(answer.score);
  get(".score").textContent = `${percent(answer.score)}${calibrated ? "" : " (a score: this reader is not calibrated)"}`;
  const [first, ...others] = answer.citations ?? answer.places ?? [answer];
  const source = link(get("a"), first, answer, body).textContent;
  get(".copy").hidden = !navigator.clipboard; // a browser gives none to a page over plain HTTP from elsewhere
  get(".copy").onclick = () => copy(answer.context || answer.text, source);
  const { author = [], date = [], keyword = [] } = answer.metadata ?? {};
  get(".says").textContent = plain([author, date, keyword].map((values) => values.join("; ")).filter(Boolean).join(" · "));
  get(".note").textContent = [first.ocr && "Read from an image.", NOTES[first.status]].filter(Boolean).join(" ");
  get(".also").append(...others.map((place) => {
    const line = make("li", "also ");
    line.append(link(make("a"), place, answer, body));
    return line;
  }));
  return item;
}

async function copy(quotation, source) {
  const inOneLine = quotation.trim().replace(/\s*\n\s*/g, " ");
  const done = navigator.clipboard.writeText(`“${inOneLine}”\n— ${source}\n`);
  at("status").textContent = await done.then(() => "Copied, with its source.", () => "The browser did not let it be copied.");
}

function link(element, place, answer, body) {
  const range = `characters ${place.start}–${place.end}`;
  if (!place.document) {
    element.textContent = range;
    element.href = "#source";
    element.onclick = (event) => openText(event, body.passages[place.passage ?? 0], place, range);
    return element;
  }
  const printed = place.page_label && place.page_label !== String(place.page) ? ` (printed ${place.page_label})` : "";
  const page = place.page ? `page ${place.page}${printed}` : "";
  const cell = place.address ? `cell ${place.address}` : "";
  element.textContent = plain([nameOf(place.document), page, cell, range].filter(Boolean).join(", "));
  element.title = plain(place.document);
  const query = new URLSearchParams({ document: place.document, start: place.start, end: place.end });
  element.href = `/source?${query}`;
  element.onclick = (event) => openFrame(event, element.href, element.textContent);
  return element;
}

function showNothing({ searched, no_answer: sure }) {
  at("nothing").hidden = false;
  at("nothing-title").textContent = library ? "Not in these documents" : "Not in this text";
  const what = searched ? `Searched: ${counted(searched.passages, "passage")} of ${counted(searched.files, "file")}.` : "The whole text was read.";
  at("searched").textContent = `${what} That the answer is not there: ${inWords(sure)}, ${percent(sure)}.`;
  if (at("indexing")?.textContent) at("searched").textContent += " Indexing still runs: ask again when it is done.";
  const unreadable = searched?.unreadable ?? [];
  at("unreadable").replaceChildren(...unreadable.slice(0, 20).map((path) => make("li", `could not be read: ${path}`)));
  if (unreadable.length > 20) at("unreadable").append(make("li", `and ${unreadable.length - 20} more`));
}

const PYTHON = { true: "True", false: "False" };

function python({ question, passages, options, scope }) {
  const given = Object.entries(options).map(([name, value]) => `, ${name}=${PYTHON[value] ?? value}`).join("");
  const what = JSON.stringify(question);
  if (library) return `from tritonqa import Library\n\nLibrary(${JSON.stringify(library)})${within(scope)}.ask(${what}${given})`;
  return `from tritonqa import Reader\n\nReader().ask(${what}, ${JSON.stringify(passages[0])}${given})`;
}

function within(scope) {
  if (!scope) return "";
  const { documents = "*", ...others } = scope;
  const given = Object.entries(others).map(([name, value]) => `, ${name}=${JSON.stringify(value)}`).join("");
  return `.within(${JSON.stringify(documents)}${given})`;
}

function curl(body) {
  const sent = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl -H 'Content-Type: application/json' -d '${sent}' ${location.origin}/api/ask`;
}

// -- the source at the place

function openFrame(event, address, title) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or window of its own
  event.preventDefault();
  at("place").replaceChildren(make("iframe", "", { src: address, title }));
  open(title);
}

function openText(event, text, place, title) {
  event.preventDefault();
  const shown = make("div", "", { className: "text", dir: "auto", tabIndex: 0 });
  shown.append(...marked(text, place.start, place.end));
  at("place").replaceChildren(shown);
  open(title);
  shown.querySelector("mark").scrollIntoView({ block: "center" });
}

function open(title) {
  at("source-title").textContent = title;
  at("source").showModal();
}

// -- documents

async function showDocuments() {
  const held = await (await reach("/api/documents?limit=500")).json();
  at("held").textContent = `${counted(held.files, "file")}, ${counted(held.passages, "passage")}`;
  const rest = held.files + held.unreadable.length - held.documents.length;
  at("documents").replaceChildren(...held.documents.map(documentOf), ...(rest > 0 ? [make("li", `and ${rest} more`)] : []));
}

function documentOf({ document: path, reason }) {
  const item = make("li", "", { title: plain(path), className: reason ? "bad" : "" });
  item.append(make("bdi", nameOf(path)), ...(mayChange ? [forget(path)] : []), ...(reason ? [make("span", reason)] : []));
  return item;
}

function forget(path) {
  const button = make("button", "✕", { type: "button", onclick: () => remove(path) });
  button.setAttribute("aria-label", `Forget ${nameOf(path)}`);
  return button;
}

const remove = (path) => told(() => reach(`/api/documents?${new URLSearchParams({ document: path })}`, { method: "DELETE" }));

async function add(files) {
  const size = [...files].reduce((sum, file) => sum + file.size, 0);
  const most = Number(document.body.dataset.uploadMegabytes);
  if (size > most * 1e6) return refuse(`These files have ${Math.ceil(size / 1e6)} MB; ${most} MB go at once.`);
  const form = new FormData();
  for (const file of files) form.append("files", file);
  await told(async () => {
    const report = await (await reach("/api/documents", { method: "POST", body: form })).json();
    refuse(report.skipped.map(({ path, reason }) => `${nameOf(path)} ${reason}.`).join(" "));
  });
}

function refuse(message) {
  at("refused").textContent = plain(message);
}

async function told(work) {
  refuse("");
  await work().catch((error) => refuse(error.message));
  await showDocuments().catch(() => {});
}

function follow() {
  new EventSource("/api/events").addEventListener("indexing", ({ data }) => {
    const { stage, done, total, error } = JSON.parse(data);
    const busy = stage !== "idle";
    const far = total ? ` ${stage}: ${done} of ${total}.` : "…";
    at("indexing").textContent = error || (busy ? `Indexing${far} You can ask meanwhile.` : "");
    Object.assign(at("indexed"), { hidden: !busy || !total, max: total || 1, value: done });
    listSoon();
  });
}

let listing = false;
let stale = false;

async function listSoon() {
  stale = true;
  if (listing) return;
  listing = true;
  while (stale) {
    stale = false;
    await showDocuments().catch(() => {});
    await new Promise((done) => setTimeout(done, 1000));
  }
  listing = false;
}

async function readText(files) {
  const text = await files[0].text();
  if (text.includes("\0")) return refuse(`${files[0].name} is no text; tritonqa web --library DIR asks documents.`);
  refuse("");
  at("text").value = text;
  at("question").focus();
}

// -- keyboard and pointer

function press(event) {
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing) return at("ask").requestSubmit();
  if (at("source").open) return;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    at("question").select();
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || typing === at("question"))) step(event);
}

function step(event) {
  const links = [...document.querySelectorAll(".answer a")];
  const here = links.indexOf(document.activeElement);
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  if (!links.length || next >= links.length || next < -1) return;
  event.preventDefault();
  (links[next] ?? at("question")).focus();
}

function drop(event) {
  event.preventDefault();
  document.body.classList.remove("dropping");
  if (mayChange && event.dataTransfer.files.length) (library ? add : readText)(event.dataTransfer.files);
}

at("ask").addEventListener("submit", ask);
at("close").addEventListener("click", () => at("source").close());
at("source").addEventListener("close", () => at("place").replaceChildren());
document.addEventListener("keydown", press);
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
document.addEventListener("drop", drop);
const { q: asked, ...kept } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
if (asked) {
  at("question").value = asked;
  for (const [name, value] of Object.entries(kept)) {
    const field = at(`scope.${name}`);
    if (field) [field.value, at("within").open] = [value, true];
  }
  if (library) at("ask").requestSubmit();
}
if (library) {
  at("within").addEventListener("input", countFilters);
  countFilters();
  showDocuments().catch((error) => refuse(error.message));
  if (mayChange) {
    at("files").addEventListener("change", () => add(at("files").files).then(() => (at("files").value = "")));
    follow();
  }
}
