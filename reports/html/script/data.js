// The audit as it stands in the page's data block, with its numbers turned into words again.

const block = byId("data");
const page = block ? JSON.parse(block.textContent) : null;
const findings = page ? page.findings.map(unpacked) : [];

function unpacked([path, severity, action, origin, rule, reason, rest, contents], index) {
  const found = {
    index,
    path,
    folder: folderOf(path),
    severity: page.severities[severity],
    rank: severity,
    action: page.actions[action],
    origin: page.origins[origin],
    rule: page.texts[rule],
    reason: page.texts[reason],
    labels: (rest.labels ?? []).map((label) => page.texts[label]),
    live: side(rest.live),
    desired: side(rest.desired),
    aspects: rest.aspects ?? [],
    untold: rest.untold ?? false,
    recoverable: page.recoverable[rest.recoverable],
    moved: rest.moved,
    group: rest.group === undefined ? undefined : page.texts[rest.group],
    copies: rest.copies ?? [],
    seen: rest.seen ?? [],
    removed: rest.removed,
    similar: rest.similar,
    word: rest.word ?? path,
    contents: contents ?? null,
    standing: rest.standing ? page.standings[rest.standing[0]] : undefined,
    since: rest.standing?.[1],
    runs: rest.standing?.[2],
  };
  found.size = found.live?.size ?? -1;
  found.words = `${path} ${found.rule} ${found.reason} ${found.moved ?? ""}`.toLowerCase();
  return found;
}

function side(row) {
  if (!row) return null;
  const [kind, mode, bytes, digest = "", changed = "", owner = null, target = "", permissions = ""] = row;
  const named = owner === null ? "" : page.texts[owner];
  return { kind: page.kinds[kind], mode, size: bytes, digest, changed, owner: named, target, permissions };
}

function folderOf(path) {
  const end = path.lastIndexOf("/");
  return end < 0 ? "" : path.slice(0, end);
}

function nameOf(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Return whether a path is a folder, or lies below it; "" is the root. */
function isWithin(path, folder) {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** Return how many days ago, from the day of the audit. */
function daysSince(day) {
  return Math.max(0, Math.round((Date.parse(page.run.slice(0, 10)) - Date.parse(day)) / 86400000));
}
