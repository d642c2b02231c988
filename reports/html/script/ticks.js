// What is dealt with, and what was decided: kept in this browser, by target, path and live content.

const MOST_NOTED = 200; // lines of the list
const MOST_KEPT = 20000; // findings of one target, the latest
const kept = new Map(); // id -> {done, note, path, at}

const storageKey = page ? `driftaudit:list:${page.target}|${page.place}` : "";
let whyNotKept = "";

function idOf(finding) {
  return `${finding.path}\n${finding.live?.digest ?? finding.desired?.digest ?? ""}`; // no path shows a line break
}

function readTicks() {
  try {
    localStorage.setItem("driftaudit:try", "");
    localStorage.removeItem("driftaudit:try");
    const text = localStorage.getItem(storageKey);
    kept.clear();
    for (const [id, entry] of text ? JSON.parse(text) : []) kept.set(String(id), entry);
  } catch (error) {
    whyNotKept = error.name === "SyntaxError" ? "what was kept could not be read" : "it keeps nothing for this page";
  }
}

function writeTicks() {
  try {
    localStorage.setItem(storageKey, JSON.stringify([...kept].slice(-MOST_KEPT)));
    whyNotKept = "";
  } catch {
    whyNotKept = "it keeps nothing for this page";
  }
  drawList();
}

function entryOf(finding) {
  return kept.get(idOf(finding)) ?? { done: false, note: "" };
}

function isDone(finding) {
  return Boolean(entryOf(finding).done);
}

function setEntry(finding, change) {
  const entry = { ...entryOf(finding), ...change, at: new Date().toISOString() };
  kept.delete(idOf(finding));
  if (entry.done || entry.note) kept.set(idOf(finding), entry);
  writeTicks();
}

function setDone(finding, done) {
  setEntry(finding, { done });
  const row = rowOf(finding);
  if (row) {
    row.classList.toggle("is-done", done);
    row.querySelector(".tick input").checked = done;
  }
}

function noteField(finding) {
  const id = `note-${finding.index}`;
  const field = el("textarea", { id, rows: 2, change: () => setEntry(finding, { note: field.value.trim() }) });
  field.value = entryOf(finding).note;
  return el("p", { class: "field note" }, el("label", { for: id }, "Note: what was decided, and by whom"), field);
}

/** Return the findings that count for the list: all but those that are expected. */
function countable() {
  return findings.filter((finding) => finding.severity !== "ignore");
}

/** Draw the list of what is ticked or noted, and how far it is. */
function drawList() {
  if (!byId("list")) return;
  const all = countable();
  const done = all.filter(isDone).length;
  byId("done").textContent = `${done.toLocaleString("en")} of ${all.length.toLocaleString("en")} dealt with`;
  byId("progress").max = Math.max(all.length, 1);
  byId("progress").value = done;
  const noted = findings.filter((finding) => kept.has(idOf(finding)));
  const rows = noted.slice(0, MOST_NOTED).map(listRow);
  if (noted.length > MOST_NOTED) rows.push(el("li", { class: "soft" }, `and ${noted.length - MOST_NOTED} more: the export has all`));
  byId("noted").replaceChildren(...(rows.length ? [el("ul", { class: "noted" }, ...rows)] : []));
  byId("kept").textContent = whyNotKept
    ? `This browser loses it when the page is closed (${whyNotKept}): export it before.`
    : "It is kept in this browser alone.";
  byId("kept").className = whyNotKept ? "gap" : "";
}

function listRow(finding) {
  const { done, note } = entryOf(finding);
  const open = el("button", { type: "button", class: "open", click: () => goTo(finding) }, code(finding.path));
  return el("li", {}, badge("same", done ? "✓ dealt with" : "open"), " ", open, note ? el("span", { class: "details" }, note) : null);
}

function forgetTicks() {
  if (!confirm("Clear all ticks and notes of this target in this browser?")) return;
  kept.clear();
  writeTicks();
  drawRows();
}
