// Both trees as one: a node for what lies at one place on either side, or moved from one place to another.

function newNode(name) {
  return { name, live: false, desired: false, to: null, findings: [], same: 0, note: "", state: "", words: "", figures: "", counts: new Map(), children: new Map() };
}

/** Return the root; what moved is where it is live, with the place that it is desired at beside it. */
function treeOf() {
  const root = newNode("");
  const moved = new Set(page.sides.filter(([, to]) => to !== null).map(([folder]) => folder));
  const joined = new Map();
  for (const finding of findings) {
    if (finding.live && finding.moved !== undefined && moved.has(finding.group)) joined.set(finding.moved, finding.path);
  }
  for (const finding of findings) {
    const partner = finding.live ? undefined : joined.get(finding.path);
    add(root, partner ?? finding.path, finding, partner !== undefined);
  }
  for (const side of page.sides) addSide(root, side);
  for (const facts of page.folders) addFolder(root, facts);
  for (const path of page.unseen) addUnseen(nodeAt(root, path));
  settle(root);
  return root;
}

function nodeAt(root, path) {
  let node = root;
  for (const name of path === "" || path === "." ? [] : path.split("/")) {
    if (!node.children.has(name)) node.children.set(name, newNode(name));
    node = node.children.get(name);
  }
  return node;
}

function add(root, path, finding, isPartner) {
  const node = nodeAt(root, path);
  node.findings.push(finding);
  if (finding.live) node.live = true;
  if (finding.desired) node.desired = true;
  if (finding.live && finding.moved !== undefined) {
    node.desired = true;
    node.to = finding.moved;
  }
  node.isJoined = node.isJoined || isPartner;
  if (finding.live?.kind === "directory" || finding.desired?.kind === "directory") node.isFolder = true;
}

/** Say of a folder how it stands to the other tree; the root is no line of its own. */
function addSide(root, [folder, to, state, words, figures]) {
  if (folder === "") return;
  const node = nodeAt(root, folder);
  Object.assign(node, { to, state, words, figures });
  if (state !== "unseen") node.isFolder = true; // whether it is one was not seen
  if (state !== "only-desired") node.live = true;
  if (state !== "only-live" && state !== "unseen") node.desired = true;
}

function addFolder(root, [path, files, directly, others, inOthers]) {
  const node = nodeAt(root, path);
  node.isFolder = true;
  node.same = files;
  node.directly = directly;
  node.others = others;
  node.inOthers = inOthers;
}

function addUnseen(node) {
  node.note = "not seen";
  if (!node.desired) node.live = true; // something is there, or there would be no problem with it
}

/** Sum up what lies below, from the leaves upwards. */
function settle(node) {
  for (const finding of node.findings) bump(node, finding.severity, 1);
  for (const [name, child] of node.children) {
    settle(child);
    if (isEmpty(child)) node.children.delete(name); // all that it held has moved with its folder
    for (const [severity, number] of child.counts) bump(node, severity, number);
    node.live = node.live || child.live;
    node.desired = node.desired || child.desired;
  }
  if (node.same) node.live = node.desired = true;
  if (node.children.size) node.isFolder = true;
}

function isEmpty(node) {
  return !node.same && !node.children.size && !differs(node);
}

function bump(node, severity, number) {
  node.counts.set(severity, (node.counts.get(severity) ?? 0) + number);
}

function differs(node) {
  return node.counts.size > 0 || Boolean(node.note) || Boolean(node.state);
}

/** Return what a node holds: folders and files that differ, then what is as desired, folded away. */
function held(node) {
  const all = [...node.children.values()].sort(
    (a, b) => weight(a) - weight(b) || Number(Boolean(b.isFolder)) - Number(Boolean(a.isFolder)) || (a.name < b.name ? -1 : 1),
  );
  if (node.others) {
    all.push(inSync(`${count(node.others, "more folder")}, ${count(node.inOthers, "file")}`));
  }
  if (node.directly && differs(node)) all.push(inSync(count(node.directly, "file")));
  return all;
}

/** Return what comes first: what differs, then what is expected to, then what does not. */
function weight(node) {
  if (!differs(node)) return 2;
  return node.note || [...node.counts.keys()].some((severity) => severity !== "ignore") ? 0 : 1;
}

function inSync(words) {
  return Object.assign(newNode(words), { live: true, desired: true, isSummary: true });
}

const SIGNS = { moved: "→", renamed: "→", "only-live": "−", "only-desired": "+", unseen: "?", different: "·" };

/** Return the sign of a node, and what it means. */
function signOf(node) {
  if (node.isSummary || !differs(node)) return ["=", "as desired"];
  if (node.note) return ["?", "not seen"];
  if (node.state) return [SIGNS[node.state], node.words];
  if (node.to !== null) return ["→", "moved"];
  if (node.live && node.desired) return node.isFolder ? ["·", "holds differences"] : ["≠", "differs"];
  return node.live ? ["−", "only live"] : ["+", "only desired"];
}
