"""How large a page of many findings is, and how soon one can work with it, in the system's Chromium.

    python -m benchmarks.html_report                     10,000 findings, five rounds
    python -m benchmarks.html_report --findings 50000 --rounds 3

Opening is told from the start of the navigation to the moment at which the scripts are done and a frame was
drawn; filtering from a letter in the search field to the next frame. Scrolling is told by its slowest frame
and by the share of frames that took longer than 34 ms: two of a screen's at 60 Hz.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from driftaudit.render.base import RenderOptions
from driftaudit.render.html import render
from tests.support.browser import running_chromium
from tests.support.reports import big_audit

LARGEST = 5_000_000  # bytes
SLOWEST = 2.0  # seconds

_READY = """() => new Promise((done) => {
  const look = () => document.documentElement.dataset.ready
    ? requestAnimationFrame(() => done(performance.now())) : setTimeout(look, 5);
  look();
})"""
_TYPED = """(text) => new Promise((done) => {
  const field = document.getElementById("words"), began = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
_SCROLLED = """() => new Promise((done) => {
  const frames = [];
  let before = performance.now(), at = document.getElementById("rows").offsetTop;
  const step = (now) => {
    frames.push(now - before);
    before = now;
    at += 300;
    scrollTo(0, at);
    if (frames.length < 150) requestAnimationFrame(step);
    else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})"""


@dataclass(frozen=True, slots=True)
class Opening:
    """One page that was opened, in seconds; frames in milliseconds."""

    ready: float
    typed: float
    frames: tuple[float, ...]


def opened(browser: Any, page: Path) -> Opening:
    """Open a page in a context of its own, filter it and scroll it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        tab = context.new_page()
        tab.goto(page.as_uri())
        ready = tab.evaluate(_READY) / 1000
        typed = tab.evaluate(_TYPED, "handler") / 1000
        tab.evaluate(_TYPED, "")
        return Opening(ready, typed, tuple(tab.evaluate(_SCROLLED)))
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--findings", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    audit = big_audit(wanted.findings)
    began = time.perf_counter()
    text = render(audit, RenderOptions())
    rendered = time.perf_counter() - began
    size = len(text.encode())
    with tempfile.TemporaryDirectory() as folder, running_chromium() as browser:
        page = Path(folder, "report.html")
        page.write_text(text, encoding="utf-8")
        rounds = [opened(browser, page) for _ in range(wanted.rounds)]
    ready = statistics.median(each.ready for each in rounds)
    frames = [frame for each in rounds for frame in each.frames]
    print(f"{wanted.findings:,} findings, {wanted.rounds} rounds, medians")
    print(f"written in      {rendered:6.2f} s")
    print(f"size            {size / 1e6:6.2f} MB   goal: under {LARGEST / 1e6:.0f}")
    print(f"open, to use    {ready:6.2f} s    goal: under {SLOWEST:.0f}")
    print(f"filter          {statistics.median(each.typed for each in rounds):6.2f} s")
    print(f"scroll, slowest {max(frames):6.0f} ms")
    print(f"scroll, > 34 ms {sum(frame > 34 for frame in frames) / len(frames):6.1%} of frames")


if __name__ == "__main__":
    main()
