// The beginning. If anything fails here, the page stays the report that it is without scripts.

/** Draw what is shown anew, after a filter, the order or the folding changed. */
function changed() {
  place.open = "";
  writePlace();
  redraw();
  say(byId("shown").textContent);
}

function redraw() {
  if (byId("words").value !== place.words) byId("words").value = place.words;
  drawRows();
  showFacets();
}

function showFindings() {
  byId("findings").scrollIntoView({ block: "start" });
  byId("findings").focus({ preventScroll: true });
}

/** Show what the address says: of a link on this page, one that somebody sent, or one typed in. */
function follows() {
  const anchor = location.hash.slice(1);
  if (!readPlace()) {
    byId(anchor)?.closest("details")?.setAttribute("open", "");
    return;
  }
  redraw();
  const open = place.open && findings.find((finding) => finding.path === place.open);
  if (open) goTo(open);
  else if (isFiltered() || location.hash === "#all") showFindings();
}

function listen() {
  const words = byId("words");
  words.addEventListener("input", () => {
    place.words = words.value;
    changed();
  });
  byId("sort").addEventListener("change", () => {
    place.sort = byId("sort").value;
    place.turned = false;
    changed();
  });
  byId("direction").addEventListener("click", () => {
    place.turned = !place.turned;
    changed();
  });
  byId("grouped").addEventListener("change", () => {
    place.grouped = byId("grouped").checked;
    changed();
  });
  byId("clear").addEventListener("click", () => {
    clearPlace();
    changed();
    byId("findings").focus();
  });
  addEventListener("hashchange", (event) => {
    // One that comes late, after something was typed or chosen, would take the focus away from there.
    if (event.newURL === location.href) follows();
  });
  addEventListener("storage", (event) => {
    if (event.key !== storageKey) return;
    readTicks();
    drawList();
    drawRows();
  });
  byId("as-markdown")?.addEventListener("click", () => download(asMarkdown(), "text/markdown", "md"));
  byId("as-json")?.addEventListener("click", () => download(asJson(), "application/json", "json"));
  byId("forget")?.addEventListener("click", forgetTicks);
}

function start() {
  startTheme();
  if (page) startWorkbench();
  document.documentElement.dataset.ready = "yes";
}

function startWorkbench() {
  readTicks();
  drawHeads();
  drawFacets(changed);
  listen();
  if (matchMedia("(max-width: 60rem)").matches) byId("facets").open = false;
  drawTree();
  redraw();
  drawList();
  if (location.hash) follows();
}

try {
  start();
} catch (error) {
  document.documentElement.classList.remove("scripted");
  throw error;
}
