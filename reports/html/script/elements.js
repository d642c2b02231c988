// Elements. What comes from an audit only ever becomes text: no markup is read anywhere on this page.

/** Return an element: attributes by name, functions for events, then elements and texts to hold. */
function el(tag, attributes = {}, ...held) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...held.filter((each) => each !== undefined && each !== null && each !== false && each !== ""));
  return made;
}

function byId(id) {
  return document.getElementById(id);
}

function code(text) {
  return el("code", {}, text);
}

/** Say something to those who hear the page. */
function say(text) {
  byId("said").textContent = text;
}

function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  let shown = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (shown < 1000) return `${unit === "B" || shown >= 100 ? shown.toFixed(0) : shown.toFixed(1)} ${unit}`;
    shown /= 1000;
  }
  return `${shown.toFixed(1)} TB`;
}

/** Return a severity as people say it. */
function severityWord(severity) {
  return severity === "ignore" ? "expected" : severity;
}

function badge(severity, words = severityWord(severity)) {
  return el("span", { class: `badge ${severity}` }, words);
}
