// The table of findings. Only what is near to the window is there as rows; the rest is a gap of its height.

const CHUNK = 40; // items of one body
const ALL_AT_ONCE = 200; // items that are drawn without ado
const NEAR = "1500px 0px";
const foldedGroups = new Set();

let items = [];
let bodies = [];

const watcher = new IntersectionObserver((seen) => {
  for (const each of seen) {
    if (each.isIntersecting) fill(each.target);
    else clearAway(each.target);
  }
}, { rootMargin: NEAR });

/** Draw the head, once. */
function drawHeads() {
  const cells = heads.map(([name, title]) => {
    if (!name) return el("th", { scope: "col", role: "columnheader", class: "tick" }, el("span", { class: "unseen" }, title));
    const button = el("button", { type: "button", class: "sort", click: () => sortBy(name) }, title);
    return el("th", { scope: "col", role: "columnheader", class: name, "data-sort": name }, button);
  });
  byId("rows").setAttribute("role", "table");
  byId("rows").tHead.append(el("tr", { role: "row" }, ...cells));
  for (const [name, title] of heads.slice(1)) byId("sort").append(el("option", { value: name }, title));
}

function sortBy(name) {
  place.turned = place.sort === name ? !place.turned : false;
  place.sort = name;
  changed();
}

const KEYS = {
  severity: (finding) => finding.rank,
  path: (finding) => finding.path,
  action: (finding) => finding.action,
  origin: (finding) => finding.origin,
  size: (finding) => -finding.size,
  age: (finding) => finding.since ?? "9999",
};

function ordered(found) {
  const key = KEYS[place.sort];
  const turn = place.turned ? -1 : 1;
  const by = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...found].sort((a, b) => turn * by(key(a), key(b)) || by(a.path, b.path));
}

/** Draw what fits the filters, in its order. */
function drawRows() {
  const found = ordered(fitting());
  items = place.grouped ? inGroups(found) : found.map((finding) => ({ finding }));
  for (const body of bodies) {
    watcher.unobserve(body);
    body.remove();
  }
  bodies = [];
  for (let start = 0; start < items.length; start += CHUNK) {
    const body = el("tbody", { role: "rowgroup", "data-start": start });
    body.append(gap(estimate() * Math.min(CHUNK, items.length - start)));
    bodies.push(body);
  }
  byId("rows").append(...bodies);
  const isShort = items.length <= ALL_AT_ONCE;
  for (const body of isShort ? bodies : bodies.slice(0, 1)) fill(body);
  for (const body of isShort ? [] : bodies) watcher.observe(body);
  byId("rows").setAttribute("aria-rowcount", String(items.length + 1));
  showOrder(found.length);
}

function showOrder(number) {
  const all = count(findings.length, "finding");
  byId("shown").textContent = number === findings.length ? all : `${number.toLocaleString("en")} of ${all}`;
  byId("nothing").hidden = number > 0;
  byId("rows").hidden = number === 0;
  byId("clear").hidden = !isFiltered();
  byId("sort").value = place.sort;
  byId("direction").textContent = place.turned ? "↑" : "↓";
  byId("grouped").checked = place.grouped;
  for (const head of byId("rows").tHead.querySelectorAll("[data-sort]")) {
    const isChosen = head.dataset.sort === place.sort;
    head.setAttribute("aria-sort", isChosen ? (place.turned ? "descending" : "ascending") : "none");
  }
}

function inGroups(found) {
  const groups = new Map();
  for (const finding of found) {
    if (!groups.has(finding.folder)) groups.set(finding.folder, []);
    groups.get(finding.folder).push(finding);
  }
  const names = [...groups.keys()].sort();
  return names.flatMap((folder) => {
    const held = groups.get(folder);
    const folded = foldedGroups.has(folder);
    return [{ folder, held, folded }, ...(folded ? [] : held.map((finding) => ({ finding })))];
  });
}

function foldGroup(folder) {
  if (!foldedGroups.delete(folder)) foldedGroups.add(folder);
  drawRows();
  const at = items.findIndex((item) => item.held && item.folder === folder);
  const row = rowAt(at);
  row?.querySelector("button").focus({ preventScroll: true });
}

function gap(height) {
  const cell = el("td", { colspan: heads.length, role: "cell" });
  cell.style.height = `${height}px`;
  return el("tr", { class: "gap", role: "row" }, cell);
}

function estimate() {
  return matchMedia("(max-width: 48rem)").matches ? 92 : 45;
}

function fill(body) {
  if (body.dataset.filled) return;
  const start = Number(body.dataset.start);
  body.replaceChildren(...items.slice(start, start + CHUNK).flatMap((item, index) => rowsOf(item, start + index + 2)));
  body.dataset.filled = "yes";
}

function rowsOf(item, number) {
  return item.finding ? findingRows(item.finding, number) : [folderRow(item, number)];
}

function clearAway(body) {
  if (!body.dataset.filled || body.contains(document.activeElement)) return;
  const height = body.getBoundingClientRect().height;
  body.replaceChildren(gap(height));
  delete body.dataset.filled;
}

/** Return the row of an item, which is drawn for that if need be. */
function rowAt(at) {
  const body = bodies[Math.floor(at / CHUNK)];
  if (at < 0 || !body) return null;
  fill(body);
  const item = items[at];
  const wanted = item.finding ? `[data-finding="${item.finding.index}"]` : ".group";
  return [...body.querySelectorAll(wanted)].find((row) => item.finding || row.dataset.folder === item.folder) ?? null;
}

function rowOf(finding) {
  return byId("rows").querySelector(`[data-finding="${finding.index}"]`);
}

/** Open a finding to its evidence, or close it. */
function toggle(finding) {
  const row = rowOf(finding);
  const isOpen = !opened.has(finding.index);
  if (isOpen) opened.add(finding.index);
  else opened.delete(finding.index);
  place.open = isOpen ? finding.path : "";
  writePlace();
  if (!row) return;
  const button = row.querySelector("button");
  const id = `evidence-${finding.index}`;
  button.setAttribute("aria-expanded", String(isOpen));
  row.classList.toggle("is-open", isOpen);
  if (isOpen) {
    row.after(evidenceRow(finding, id));
    button.setAttribute("aria-controls", id);
  } else {
    byId(id)?.remove();
    button.removeAttribute("aria-controls");
  }
}

/** Bring a finding into view, open; filters that hide it are taken away. */
function goTo(finding) {
  if (!items.some((item) => item.finding === finding)) {
    clearPlace();
    if (finding.severity === "ignore") place.chosen.severity.add("ignore");
    foldedGroups.delete(finding.folder);
    changed();
  }
  const row = rowAt(items.findIndex((item) => item.finding === finding));
  if (!opened.has(finding.index)) toggle(finding);
  row?.scrollIntoView({ block: "start" });
  row?.querySelector("button").focus({ preventScroll: true });
}
