// The two trees side by side: a tree grid that folds, and that the arrow keys walk.

const MOST_AT_ONCE = 200; // children drawn before one asks for more
const MOST_UNFOLDED = 400; // rows that "unfold" makes
const AT_FIRST = 24; // rows that are unfolded from the start

const drawn = new Map(); // row -> {node, level, children}
let tree = null;

function drawTree() {
  tree = byId("tree");
  if (!tree) return;
  tree.append(
    el("div", { class: "row head", role: "row" }, el("span", { role: "columnheader" }, "Live"), el("span", { role: "columnheader", class: "sign" }, el("span", { class: "unseen" }, "How they differ")), el("span", { role: "columnheader" }, "Desired"), el("span", { role: "columnheader", class: "amounts" }, "Findings")),
  );
  const root = treeOf();
  const rows = rowsBelow(root, 1, 0);
  tree.append(...rows);
  unfoldUpTo(AT_FIRST);
  treeRows()[0]?.setAttribute("tabindex", "0");
  tree.addEventListener("keydown", pressed);
  byId("unfold").addEventListener("click", () => unfoldUpTo(MOST_UNFOLDED));
  byId("fold").addEventListener("click", () => treeRows().filter((row) => drawn.get(row).level === 1).forEach(foldRow));
}

function treeRows() {
  return [...tree.querySelectorAll('[role="row"][aria-level]')];
}

function rowsBelow(node, level, from) {
  const children = held(node);
  const rows = children.slice(from, from + MOST_AT_ONCE).map((child, index) => treeRow(child, level, from + index + 1, children.length));
  if (children.length > from + MOST_AT_ONCE) rows.push(moreRow(node, level, from + MOST_AT_ONCE, children.length));
  return rows;
}

function moreRow(node, level, from, total) {
  const button = el("button", { type: "button", class: "quiet" }, `Show more of ${total.toLocaleString("en")}`);
  const row = el("div", { class: "row more", role: "row" }, el("span", { role: "gridcell", class: `side ${indent(level)}` }, button));
  button.addEventListener("click", () => {
    const rows = rowsBelow(node, level, from);
    row.replaceWith(...rows);
    moveTo(rows[0]);
  });
  return row;
}

function indent(level) {
  return `level-${Math.min(level, 12)}`;
}

function treeRow(node, level, position, total) {
  const [sign, meaning] = signOf(node);
  const folds = !node.isSummary && held(node).length > 0;
  const name = node.isFolder ? `${node.name}/` : node.name;
  const to = node.to === null ? name : `${node.to || "."}${node.isFolder ? "/" : ""}`;
  const worst = page.severities.find((severity) => node.counts.has(severity)) ?? "same";
  const row = el(
    "div",
    {
      class: `row ${worst} ${node.isSummary ? "summary" : ""}`,
      role: "row",
      "aria-level": level,
      "aria-posinset": position,
      "aria-setsize": total,
      "aria-expanded": folds ? "false" : null,
      tabindex: "-1",
      click: (event) => clicked(event, row),
    },
    el("span", { class: `side ${indent(level)}`, role: "gridcell" }, el("span", { class: "fold", "aria-hidden": "true" }, folds ? "▸" : ""), node.live ? nameText(node, name) : el("span", { class: "unseen" }, "not live")),
    el("span", { class: "sign", role: "gridcell" }, el("span", { "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, meaning)),
    el("span", { class: `side ${node.to === null ? indent(level) : "level-moved"}`, role: "gridcell" }, node.desired ? nameText(node, to) : el("span", { class: "unseen" }, "not desired")),
    el("span", { class: "amounts", role: "gridcell" }, ...amounts(node)),
  );
  drawn.set(row, { node, level, folds });
  return row;
}

function nameText(node, name) {
  return node.isSummary ? el("span", { class: "soft" }, name) : code(name);
}

function amounts(node) {
  if (node.note) return [badge("warn", node.note)];
  if (node.isSummary) return [el("span", { class: "soft" }, "as desired")];
  if (!differs(node)) return [el("span", { class: "soft" }, `${count(node.same, "file")} as desired`)];
  if (!node.isFolder && node.findings.length === 1) {
    return [badge(node.findings[0].severity, node.findings[0].action)];
  }
  const found = page.severities.filter((severity) => node.counts.has(severity));
  const badges = found.map((severity) => badge(severity, `${node.counts.get(severity).toLocaleString("en")} ${severityWord(severity)}`));
  const said = [node.words, node.figures].filter(Boolean).join(", ");
  const isTold = !said || (node.state === "different" && badges.length); // by its lines
  return !isTold ? [el("span", { class: "soft" }, said), ...badges] : badges;
}

function clicked(event, row) {
  if (event.target.closest("button")) return;
  moveTo(row);
  const { folds } = drawn.get(row);
  if (!folds) follow(row);
  else if (row.getAttribute("aria-expanded") === "true") foldRow(row);
  else unfoldRow(row);
}

function unfoldRow(row) {
  const { node, level, folds } = drawn.get(row);
  if (!folds || row.getAttribute("aria-expanded") === "true") return [];
  row.setAttribute("aria-expanded", "true");
  row.querySelector(".fold").textContent = "▾";
  const rows = rowsBelow(node, level + 1, 0);
  row.after(...rows);
  return rows;
}

function foldRow(row) {
  const { level, folds } = drawn.get(row);
  if (!folds || row.getAttribute("aria-expanded") === "false") return;
  row.setAttribute("aria-expanded", "false");
  row.querySelector(".fold").textContent = "▸";
  for (let next = row.nextElementSibling; next && (drawn.get(next)?.level ?? level + 1) > level; next = row.nextElementSibling) {
    drawn.delete(next);
    next.remove();
  }
}

/** Unfold what differs, level by level, up to so many rows. */
function unfoldUpTo(most) {
  let waiting = treeRows();
  let number = waiting.length;
  while (waiting.length) {
    const next = [];
    for (const row of waiting) {
      const { node, folds } = drawn.get(row);
      const isOpen = row.getAttribute("aria-expanded") === "true";
      if (!folds || !differs(node) || isOpen) continue;
      if (number + Math.min(held(node).length, MOST_AT_ONCE) > most) continue;
      const rows = unfoldRow(row).filter((each) => drawn.has(each));
      number += rows.length;
      next.push(...rows);
    }
    waiting = next;
  }
}

/** Show what a line stands for: a file's evidence, or the findings of a folder. */
function follow(row) {
  const { node } = drawn.get(row);
  const own = node.findings[0];
  if (own && !node.children.size) goTo(own);
  else if (node.counts.size) showFolderOf(pathOf(row));
}

function pathOf(row) {
  const names = [];
  let { level } = drawn.get(row);
  names.unshift(drawn.get(row).node.name);
  for (let above = row.previousElementSibling; above && level > 1; above = above.previousElementSibling) {
    const known = drawn.get(above);
    if (known && known.level === level - 1) {
      names.unshift(known.node.name);
      level = known.level;
    }
  }
  return names.join("/");
}

function showFolderOf(path) {
  clearPlace();
  place.folder = path;
  changed();
  showFindings();
}

function moveTo(row) {
  for (const each of tree.querySelectorAll('[tabindex="0"][aria-level]')) each.setAttribute("tabindex", "-1");
  row.setAttribute("tabindex", "0");
  row.focus();
}

const STEPS = {
  ArrowDown: (rows, at) => rows[at + 1],
  ArrowUp: (rows, at) => rows[at - 1],
  Home: (rows) => rows[0],
  End: (rows) => rows[rows.length - 1],
};

function pressed(event) {
  const row = event.target;
  if (!drawn.has(row) || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = treeRows();
  const at = rows.indexOf(row);
  const isOpen = row.getAttribute("aria-expanded");
  if (event.key in STEPS) {
    const next = STEPS[event.key](rows, at);
    if (next) moveTo(next);
  } else if (event.key === "ArrowRight") {
    if (isOpen === "false") unfoldRow(row);
    else if (isOpen === "true" && rows[at + 1]) moveTo(rows[at + 1]);
  } else if (event.key === "ArrowLeft") {
    if (isOpen === "true") foldRow(row);
    else above(rows, at);
  } else if (event.key === "Enter" || event.key === " ") {
    follow(row);
  } else return;
  event.preventDefault();
}

function above(rows, at) {
  const { level } = drawn.get(rows[at]);
  for (let index = at - 1; index >= 0; index--) {
    if (drawn.get(rows[index]).level < level) return moveTo(rows[index]);
  }
  return undefined;
}
