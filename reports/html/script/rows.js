// Rows of the table of findings: one for each finding, one more for its evidence, one for each folder.

const HEADS = [
  ["", "Dealt with"],
  ["severity", "Severity"],
  ["path", "Path"],
  ["action", "Deploy"],
  ["origin", "Origin"],
  ["size", "Size"],
  ["age", "Age"],
];
const isTracked = findings.some((finding) => finding.standing !== undefined);
const heads = HEADS.filter(([name]) => name !== "age" || isTracked);
const opened = new Set();

/** Return the rows of a finding: itself, and its evidence where that is open. */
function findingRows(finding, number) {
  const isOpen = opened.has(finding.index);
  const id = `evidence-${finding.index}`;
  const button = el(
    "button",
    { type: "button", class: "open", "aria-expanded": String(isOpen), "aria-controls": isOpen ? id : null, click: () => toggle(finding) },
    code(finding.path),
  );
  const tick = el("input", {
    type: "checkbox",
    "aria-label": `Dealt with: ${finding.path}`,
    change: () => setDone(finding, tick.checked),
  });
  tick.checked = isDone(finding);
  const cells = [
    el("td", { class: "tick", role: "cell" }, tick),
    el("td", { class: "severity", role: "cell" }, badge(finding.severity)),
    el("th", { class: "path", scope: "row", role: "rowheader" }, button, ...details(finding)),
    el("td", { class: "action", role: "cell" }, finding.action),
    el("td", { class: "origin", role: "cell" }, finding.origin),
    el("td", { class: "size", role: "cell" }, finding.size < 0 ? "" : size(finding.size)),
  ];
  if (isTracked) cells.push(el("td", { class: "age", role: "cell" }, ...age(finding)));
  const kind = `finding ${finding.severity}${isOpen ? " is-open" : ""}${tick.checked ? " is-done" : ""}`;
  const row = el("tr", { class: kind, role: "row", "aria-rowindex": number, "data-finding": finding.index }, ...cells);
  return isOpen ? [row, evidenceRow(finding, id)] : [row];
}

function evidenceRow(finding, id) {
  return el("tr", { class: "evidence", role: "row", id }, el("td", { colspan: heads.length, role: "cell" }, evidence(finding)));
}

function details(finding) {
  const told = finding.labels.map((label) => el("span", { class: "label" }, label));
  const words = [];
  if (finding.moved !== undefined) words.push(`→ ${finding.moved}`);
  if (finding.similar) words.push(`edited, +${finding.similar[2]} -${finding.similar[3]} lines`);
  else if (finding.contents?.[0]?.state === "text") words.push(changedLines(finding));
  if (finding.aspects.length) words.push(`differs in ${finding.aspects.join(", ")}`);
  if (finding.untold) words.push("could not be compared");
  const said = words.filter(Boolean).join(" · ");
  if (said) told.push(el("span", { class: "word" }, said));
  return told.length ? [el("span", { class: "details" }, ...told)] : [];
}

function changedLines({ live, desired, contents }) {
  const { added = 0, removed = 0, keys = [] } = contents[0];
  if (!added && !removed) return keys.length ? count(keys.length, "key differs", "keys differ") : "";
  if (!live || !desired) return count(added + removed, "line");
  return `${count(removed, "line")} only live, ${added.toLocaleString("en")} only desired`;
}

function age(finding) {
  if (!finding.standing) return [];
  const days = daysSince(finding.since);
  const standing = el("span", { class: `standing ${finding.standing}` }, finding.standing);
  if (!days && finding.standing === "new") return [standing];
  const age = days ? count(days, "day") : "less than a day";
  return [standing, " ", el("span", { class: "soft" }, `for ${age}`)];
}

/** Return the row of a folder, which folds what lies in it. */
function folderRow({ folder, held, folded }, number) {
  const button = el(
    "button",
    { type: "button", class: "open", "aria-expanded": String(!folded), click: () => foldGroup(folder) },
    code(folder ? `${folder}/` : "./"),
  );
  const amounts = page.severities
    .map((severity) => [severity, held.filter((finding) => finding.severity === severity).length])
    .filter(([, number]) => number)
    .map(([severity, number]) => badge(severity, `${number.toLocaleString("en")} ${severityWord(severity)}`));
  const cell = el("th", { colspan: heads.length, scope: "rowgroup", role: "rowheader" }, button, " ", ...amounts);
  return el("tr", { class: "group", role: "row", "aria-rowindex": number, "data-folder": folder }, cell);
}
