// What is shown: filters, order and folding. All of it lives in the fragment of the page's address.

const FACETS = ["severity", "action", "origin", "label", "rule", "standing"];
const ORDERS = ["severity", "path", "action", "origin", "size", "age"];

const place = emptied();

function emptied() {
  const chosen = {};
  for (const facet of FACETS) chosen[facet] = new Set();
  return { chosen, words: "", folder: "", sort: "severity", turned: false, grouped: false, open: "" };
}

/** Take over what the address says. An address that only names a section changes nothing. */
function readPlace() {
  const fragment = location.hash.slice(1);
  if (fragment !== "" && fragment !== "all" && !fragment.includes("=")) return false;
  const said = new URLSearchParams(fragment === "all" ? "" : fragment);
  const read = emptied();
  for (const facet of FACETS) for (const value of said.getAll(facet)) read.chosen[facet].add(value);
  read.words = said.get("words") ?? "";
  read.folder = said.get("folder") ?? "";
  read.sort = ORDERS.includes(said.get("sort")) ? said.get("sort") : "severity";
  read.turned = said.get("turned") === "yes";
  read.grouped = said.get("grouped") === "yes";
  read.open = said.get("open") ?? "";
  Object.assign(place, read);
  return true;
}

function writtenPlace() {
  const said = new URLSearchParams();
  for (const facet of FACETS) for (const value of place.chosen[facet]) said.append(facet, value);
  for (const name of ["words", "folder", "open"]) if (place[name]) said.set(name, place[name]);
  if (place.sort !== "severity") said.set("sort", place.sort);
  for (const name of ["turned", "grouped"]) if (place[name]) said.set(name, "yes");
  return said.toString();
}

/** Put what is shown into the address, without a step in the browser's history for each letter. */
function writePlace() {
  const fragment = writtenPlace();
  if (fragment === location.hash.slice(1)) return;
  try {
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  } catch {
    // Within a frame of somebody else's the address may be fixed: what is shown is right all the same.
  }
}

function isFiltered() {
  return Boolean(place.words || place.folder || FACETS.some((facet) => place.chosen[facet].size));
}

function clearPlace() {
  const { sort, turned, grouped } = place;
  Object.assign(place, emptied(), { sort, turned, grouped });
}
