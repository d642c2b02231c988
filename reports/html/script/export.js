// The reconciliation list as a file: Markdown for people, JSON for programs. It holds what the filters show.

function exported(finding) {
  const { done, note, at } = entryOf(finding);
  return { finding, done: Boolean(done), note: note ?? "", at: at ?? null };
}

function asJson() {
  const rows = ordered(fitting()).map(exported).map(({ finding, done, note, at }) => ({
    path: finding.path,
    digest: finding.live?.digest || null,
    severity: finding.severity,
    action: finding.action,
    origin: finding.origin,
    rule: finding.rule,
    done,
    note,
    noted_at: at,
  }));
  return `${JSON.stringify({ schema: "driftaudit/list/v1", target: page.target, place: page.place, run: page.run, verdict: page.verdict, findings: rows }, null, 2)}\n`;
}

function asMarkdown() {
  const rows = ordered(fitting()).map(exported);
  const done = rows.filter((row) => row.done).length;
  const head = [`# Reconciliation of ${span(page.target)}`, "", `${page.verdict.toUpperCase()} at ${page.run}, ${span(page.place)}: ${done} of ${rows.length} dealt with.`, ""];
  const lines = rows.flatMap(({ finding, done, note }) => [
    `- [${done ? "x" : " "}] ${span(finding.path)}: ${finding.severity}, ${finding.origin}, deploy: ${finding.action} (${span(finding.rule)})`,
    ...(note ? note.split("\n").map((line) => `  > ${span(line)}`) : []),
  ]);
  return `${[...head, ...lines].join("\n")}\n`;
}

/** Return a text as a code span: nothing in it is markup, a mention or a link. */
function span(text) {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

function download(text, kind, ending) {
  const address = URL.createObjectURL(new Blob([text], { type: `${kind};charset=utf-8` }));
  const name = page.target.replace(/[^\w.-]+/g, "-").slice(0, 80) || "target";
  const link = el("a", { href: address, download: `driftaudit-${name}-${page.run.slice(0, 10)}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  say("The list was exported");
}
