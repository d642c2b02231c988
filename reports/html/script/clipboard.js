// Copying. The clipboard's own interface is not there on every page that was opened from a file.

async function copy(text, button) {
  const done = (await copiedByInterface(text)) || copiedBySelection(text);
  const before = button.dataset.words ?? button.textContent;
  button.dataset.words = before;
  button.textContent = done ? "Copied" : "Not copied";
  say(done ? "Copied" : "It could not be copied: select the text, and copy it yourself");
  setTimeout(() => (button.textContent = before), 1500);
}

async function copiedByInterface(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copiedBySelection(text) {
  const focused = document.activeElement;
  const area = el("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
  area.value = text;
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  focused?.focus();
  return done;
}

/** Return a command with a button that copies it. */
function command(line) {
  const button = el("button", { type: "button", class: "quiet copy", click: () => copy(line, button) }, "Copy");
  return el("div", { class: "command" }, el("code", { tabindex: "0" }, line), button);
}
