// In what two contents differ: "-" is what is live, "+" what is desired.

const STATES = {
  same: "The contents are the same.",
  binary: "It is binary: the content is not drawn.",
  secret: "It is a secret: the content is shown nowhere.",
  "too-large": "It is too large to be drawn here.",
  "not-fetched": "It is the application's own, and was not fetched.",
  special: "It is a socket, a FIFO or a device, which is never opened.",
  unread: "It could not be read.",
};

function difference(shown) {
  const held = [];
  if (shown.state !== "text") held.push(el("p", { class: shown.state === "unread" ? "gap" : "" }, STATES[shown.state]));
  for (const note of shown.notes ?? []) held.push(el("p", { class: "soft" }, note));
  if (shown.document) held.push(...keys(shown));
  if (shown.hunks) held.push(lines(shown));
  if (shown.left) {
    held.push(el("p", { class: "gap" }, `${count(shown.left, "more line")} not shown here: the command below shows all.`));
  }
  if (shown.masked) held.push(el("p", { class: "soft" }, "Values that look like secrets are hidden."));
  return el("div", { class: "difference" }, ...held);
}

function keys(shown) {
  const changes = shown.keys ?? [];
  if (!changes.length) {
    return [el("p", {}, `Read as ${shown.document}, no key differs: only order, blanks or comments.`)];
  }
  const head = ["Key", "Live", "Desired"].map((name) => el("th", { scope: "col" }, name));
  const rows = changes.map(([key, live, desired]) =>
    el("tr", {}, el("th", { scope: "row" }, code(key)), value(live, "minus"), value(desired, "plus")),
  );
  const caption = el("caption", {}, `By key, read as ${shown.document}: ${count(changes.length, "key differs", "keys differ")}`);
  const table = el("table", { class: "keys" }, caption, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  return [el("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "What differs by key" }, table)];
}

function value(text, kind) {
  if (text === null) return el("td", { class: "soft" }, "not there");
  return el("td", {}, el("code", { class: kind }, text));
}

function lines(shown) {
  const title = `${count(shown.removed ?? 0, "line")} only live (-), ${count(shown.added ?? 0, "line")} only desired (+)`;
  const drawn = shown.hunks.flatMap(([live, desired, texts]) => [
    el("div", { class: "at" }, `live line ${live}, desired line ${desired}`),
    ...hunk(live, desired, texts),
  ]);
  const block = el("div", { class: "diff", tabindex: "0", role: "region", "aria-label": title }, ...drawn);
  return el("figure", {}, el("figcaption", {}, title), block);
}

function hunk(live, desired, texts) {
  const marks = marked(texts);
  return texts.map((text, index) => {
    const sign = text[0];
    const kind = { "-": "minus", "+": "plus", "\\": "remark" }[sign] ?? "both";
    const number = sign === "+" ? desired++ : sign === "\\" ? "" : live++;
    if (sign === " ") desired++;
    return el(
      "div",
      { class: `line ${kind}` },
      el("span", { class: "number", "aria-hidden": "true" }, String(number)),
      el("span", { class: "sign" }, sign === "\\" ? " " : sign),
      el("span", { class: "text" }, ...(marks.get(index) ?? [sign === "\\" ? text.slice(2) : text.slice(1)])),
    );
  });
}

/** Return, for lines that stand for each other, their pieces with what differs within them marked. */
function marked(texts) {
  const found = new Map();
  let at = 0;
  while (at < texts.length) {
    const gone = runOf(texts, at, "-");
    const come = runOf(texts, at + gone, "+");
    if (gone && gone === come) {
      for (let n = 0; n < gone; n++) {
        const pieces = within(texts[at + n].slice(1), texts[at + gone + n].slice(1));
        if (pieces) {
          found.set(at + n, pieces[0]);
          found.set(at + gone + n, pieces[1]);
        }
      }
    }
    at += gone + come || 1;
  }
  return found;
}

function runOf(texts, start, sign) {
  let end = start;
  while (end < texts.length && texts[end][0] === sign) end++;
  return end - start;
}

function within(before, after) {
  const old = [...before];
  const now = [...after];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  if ((head + tail) * 3 < shorter) return null; // another line altogether
  return [old, now].map((letters) => {
    const middle = letters.slice(head, letters.length - tail).join("");
    const rest = tail ? letters.slice(-tail).join("") : "";
    return [letters.slice(0, head).join(""), middle ? el("mark", {}, middle) : "", rest].filter((piece) => piece !== "");
  });
}
