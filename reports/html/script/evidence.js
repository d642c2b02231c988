// What is known of one finding: why it is judged so, both sides, its history, its content, and what to do.

const MEANING = {
  true: "It can be had back: it is in a commit, or in a verified copy that the deploy leaves alone.",
  false: "It exists nowhere else.",
  unsafe: "Its only other copy is an object that no ref holds: git may collect it.",
  unproven: "There is no proof of another copy.",
};
const DESTROYS = ["delete", "overwrite", "abandon"];
const OWN = ["secret", "runtime", "generated"];

function evidence(finding) {
  return el(
    "div",
    { class: "panel", role: "group", "aria-label": `Evidence of ${finding.path}` },
    el("p", { class: `why ${finding.severity}` }, el("strong", { class: "mark" }, severityWord(finding.severity)), " ", finding.reason, " ", el("span", { class: "soft" }, "by ", code(finding.rule))),
    part("Both sides", sides(finding)),
    part("History", story(finding)),
    part("Content", ...contents(finding)),
    part("What to do", ...ways(finding)),
    noteField(finding),
  );
}

function part(title, ...held) {
  return el("section", {}, el("h3", {}, title), ...held);
}

function sides(finding) {
  const rows = [
    ["Kind", (entry) => entry.kind],
    ["Size", (entry) => size(entry.size)],
    ["Content", (entry) => entry.digest],
    ["Leads to", (entry) => entry.target],
    ["Changed", (entry) => (entry.changed ? `${entry.changed} UTC` : "")],
    ["Owner", (entry) => entry.owner],
    ["Mode", (entry) => [entry.mode, entry.permissions].filter(Boolean).join(", ")],
  ];
  const both = [finding.live, finding.desired];
  const drawn = [el("tr", {}, el("th", { scope: "row" }, "There"), ...both.map((entry) => el("td", {}, entry ? "yes" : "no")))];
  for (const [name, of] of rows) {
    const shown = both.map((entry) => (entry ? of(entry) : ""));
    if (shown.some(Boolean)) {
      const cells = shown.map((text) => el("td", {}, text ? code(text) : ""));
      drawn.push(el("tr", { class: shown[0] && shown[1] && shown[0] !== shown[1] ? "differs" : "" }, el("th", { scope: "row" }, name), ...cells));
    }
  }
  const head = el("tr", {}, el("td"), el("th", { scope: "col" }, "Live"), el("th", { scope: "col" }, "Desired"));
  return el("table", { class: "sides" }, el("thead", {}, head), el("tbody", {}, ...drawn));
}

function commit(number) {
  const [oid, day, subject, author] = page.commits[number];
  return el("span", { class: "commit" }, code(oid), ` of ${day}: ${subject} `, el("span", { class: "soft" }, `(${author})`));
}

function story(finding) {
  const told = [];
  if (finding.untold) told.push(["It could not be told whether the sides differ."]);
  if (finding.aspects.length) told.push([`They differ in ${finding.aspects.join(", ")}.`]);
  for (const [path, oldest, newest, older, ...branches] of finding.seen) told.push(sighting(finding, path, oldest, newest, older, branches));
  if (finding.removed !== undefined) told.push(["Removed from the desired history in ", commit(finding.removed)]);
  if (finding.moved !== undefined) told.push(["Its content, or its path, is now at ", code(finding.moved)]);
  if (finding.group !== undefined) told.push(["It moved with its folder ", code(`${finding.group}/`)]);
  if (finding.similar) told.push(alike(finding.similar));
  for (const [kind, where, safe] of finding.copies) told.push([safe ? `Also in ${kind} ` : `An unsafe copy, ${kind} `, code(where)]);
  if (finding.standing) told.push([`${finding.standing}: first seen ${finding.since}, in ${count(finding.runs, "run")} without a break`]);
  if (DESTROYS.includes(finding.action)) told.push([MEANING[finding.recoverable]]);
  if (!told.length) told.push(["History says nothing of it."]);
  return el("ul", {}, ...told.map((line) => el("li", {}, ...line)));
}

function sighting(finding, path, oldest, newest, older, branches) {
  const named = page.texts[path] === finding.path ? [] : [" as ", code(page.texts[path])];
  const where = older ? "in the desired history" : branches.length ? `on ${branches.map((each) => page.texts[each]).join(", ")}` : "on no ancestor of what is desired";
  const span = oldest === newest ? [commit(newest)] : ["last ", commit(newest), "; first ", commit(oldest)];
  return ["Committed", ...named, ` ${where}: `, ...span];
}

function alike([path, likeness, added, removed, newest, desired]) {
  const what = desired ? "what is desired at " : "the version of ";
  const told = [`${Math.round(likeness * 100)}% like ${what}`, code(page.texts[path]), `: +${added} -${removed} lines`];
  return newest === null ? told : [...told, ", ", commit(newest)];
}

function contents(finding) {
  if (finding.contents) return finding.contents.map(difference);
  const isFile = [finding.live, finding.desired].some((entry) => entry && entry.kind !== "directory");
  return [el("p", { class: "soft" }, isFile ? "The content was not read for this page." : "A folder has no content of its own.")];
}

function ways(finding) {
  const on = `${page.word} ${finding.word}`;
  const isFile = [finding.live, finding.desired].some((entry) => entry && entry.kind === "file");
  const isOwn = finding.labels.some((label) => OWN.includes(label));
  const found = [["See all that is known of it", `driftaudit explain ${on}`]];
  if (isFile && !finding.labels.includes("secret")) found.push(["See all of what differs", `driftaudit diff ${on}`]);
  if (DESTROYS.includes(finding.action) && finding.recoverable !== "true" && !isOwn) {
    found.push(["Keep a copy of every only copy in the repository", `driftaudit rescue ${page.word}`]);
    found.push(["Bring what is live into git, to merge it", `driftaudit reconcile ${page.word}`]);
  }
  if (finding.live?.digest && !isOwn) found.push(["It is right as it is", `driftaudit accept ${on} --reason 'WHY'`]);
  return [advice(finding, isOwn), el("dl", { class: "ways" }, ...found.flatMap(([wish, line]) => [el("dt", {}, wish), el("dd", {}, command(line))]))];
}

function advice(finding, isOwn) {
  if (finding.severity === "block" && isOwn) return el("p", {}, "The application needs it: take it out of what the deploy touches, under ", code("deploy:"), " in driftaudit.yml.");
  if (finding.severity === "block") return el("p", {}, "Look at it first. Then keep it, merge it, or take it out of what the deploy touches.");
  if (finding.origin === "missing") return el("p", {}, finding.action === "create" ? "The deploy brings it." : "The deploy does not bring it.");
  return null;
}
