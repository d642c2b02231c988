// Filters: which findings fit, and how many there would be for each value that can be chosen.

const NAMES = {
  severity: "Severity",
  standing: "Standing",
  action: "What the deploy does",
  origin: "Origin",
  label: "Label",
  rule: "Rule",
};
const NO_LABEL = "(no label)";

function valuesOf(finding, facet) {
  if (facet === "label") return finding.labels.length ? finding.labels : [NO_LABEL];
  return finding[facet] === undefined ? [] : [finding[facet]];
}

/** Return the values of a facet that occur, the known ones in their order. */
function occurring(facet) {
  const seen = new Map();
  for (const finding of findings) {
    for (const value of valuesOf(finding, facet)) seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  const known = { severity: page.severities, action: page.actions, origin: page.origins, standing: page.standings }[facet];
  if (known) return known.filter((value) => seen.has(value));
  return [...seen.keys()].sort((a, b) => seen.get(b) - seen.get(a) || (a < b ? -1 : 1));
}

const options = {};

function fits(finding, except = "") {
  for (const facet of FACETS) {
    if (facet === except) continue;
    const chosen = place.chosen[facet];
    if (chosen.size === 0) {
      if (facet === "severity" && finding.severity === "ignore") return false; // expected: on request
    } else if (!valuesOf(finding, facet).some((value) => chosen.has(value))) return false;
  }
  return isWithin(finding.path, place.folder) && wanted.every((word) => finding.words.includes(word));
}

let wanted = [];

function fitting() {
  wanted = place.words.toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((finding) => fits(finding));
}

/** Return how many findings each value of a facet would show. */
function numbers(facet) {
  const found = new Map();
  for (const finding of findings) {
    if (!fits(finding, facet)) continue;
    for (const value of valuesOf(finding, facet)) found.set(value, (found.get(value) ?? 0) + 1);
  }
  return found;
}

/** Draw the fields, once. */
function drawFacets(changed) {
  for (const facet of Object.keys(NAMES)) {
    const values = occurring(facet);
    options[facet] = values.map((value) => option(facet, value, changed));
    if (values.length < 2 && facet !== "severity") continue;
    const rows = options[facet].map((each) => each.row);
    byId("fields").append(el("fieldset", {}, el("legend", {}, NAMES[facet]), ...rows));
  }
  drawFolders(changed);
}

function option(facet, value, changed) {
  const choose = () => {
    if (box.checked) place.chosen[facet].add(value);
    else place.chosen[facet].delete(value);
    changed();
  };
  const box = el("input", { type: "checkbox", change: choose, "data-facet": facet, value });
  const number = el("span", { class: "amount" });
  const words = el("span", { class: facet === "severity" ? `mark ${value}` : "word" }, facet === "severity" ? severityWord(value) : value);
  return { value, box, number, row: el("label", { class: "option" }, box, words, number) };
}

const MOST_FOLDERS = 300;

function drawFolders(changed) {
  const totals = new Map();
  for (const finding of findings) {
    for (let folder = finding.folder; folder; folder = folderOf(folder)) {
      totals.set(folder, (totals.get(folder) ?? 0) + 1);
    }
  }
  const depth = (folder) => folder.split("/").length;
  const shown = [...totals.keys()].sort((a, b) => depth(a) - depth(b) || totals.get(b) - totals.get(a));
  const listed = shown.slice(0, MOST_FOLDERS).sort();
  const select = byId("folder");
  select.append(el("option", { value: "" }, "All"));
  for (const folder of listed) select.append(el("option", { value: folder }, `${folder}/ (${totals.get(folder)})`));
  select.addEventListener("change", () => {
    place.folder = select.value;
    changed();
  });
}

/** Bring the fields into line with what is shown. */
function showFacets() {
  for (const facet of Object.keys(NAMES)) {
    const found = numbers(facet);
    for (const each of options[facet]) {
      const number = found.get(each.value) ?? 0;
      each.box.checked = place.chosen[facet].has(each.value);
      each.number.textContent = number.toLocaleString("en");
      each.row.classList.toggle("none", number === 0 && !each.box.checked);
    }
  }
  showFolder();
  const active = FACETS.reduce((sum, facet) => sum + place.chosen[facet].size, place.folder ? 1 : 0);
  byId("active").textContent = active ? `${active} active` : "";
}

function showFolder() {
  const select = byId("folder");
  if (![...select.options].some((each) => each.value === place.folder)) {
    select.append(el("option", { value: place.folder }, `${place.folder}/`)); // of the tree, or of a link
  }
  select.value = place.folder;
}
