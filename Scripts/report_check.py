"""Checks report.html of a sweep in a browser; called by Scripts/check-report."""

import argparse
import json
import re
import sys
from pathlib import Path

from browser import open_page, take_pictures

# Runs behind the report's own scripts and writes what it sees into the page.
PROBE = """
<script>
window.addEventListener("load", () => setTimeout(() => {
  const rows = [...table.tBodies[0].rows], cells = column => [...table.tBodies[0].rows].map(
    row => row.cells[column].dataset.value);
  const seen = { rows: rows.length, cases: choice.options.length, marks: document.querySelectorAll("svg circle").length,
    fronts: document.querySelectorAll("svg .front").length,
    curves: document.querySelectorAll("svg .curve").length };
  const titles = heads.map(head => head.textContent), seconds = titles.indexOf("seconds");
  heads[seconds].querySelector("button").click();
  seen.rising = cells(seconds);
  heads[seconds].querySelector("button").click();
  seen.falling = cells(seconds);
  heads[titles.indexOf("PSNR dB")].querySelector("button").click();
  seen.sorted = heads.filter(head => head.hasAttribute("aria-sort")).map(head => head.textContent);
  which.value = "all";
  which.onchange();
  setTimeout(() => {
    seen.videos = videos.length;
    seen.loaded = videos.filter(video => video.readyState >= 2 && video.videoWidth > 0).length;
    seen.captions = videos.every(video => video.parentElement.querySelector("figcaption").textContent);
    place.value = 0.5;
    place.oninput();
    seen.paused = videos.every(video => video.paused);
    seen.together = new Set(videos.map(video => video.currentTime.toFixed(3))).size;
    seen.wide = document.documentElement.scrollWidth > innerWidth;
    const result = document.createElement("script");
    result.type = "application/json";
    result.id = "seen";
    result.textContent = JSON.stringify(seen);
    document.body.append(result);
  }, 1500);
}, 500));
</script>
"""


def look(page: Path) -> tuple[dict, list[str]]:
    """What the probe saw in the page, and what the page's scripts complained of."""
    probed = page.with_name("probed.html")
    probed.write_text(page.read_text().replace("</body>", PROBE + "</body>"))
    text, complaints = open_page(probed, "--window-size=390,844", "--virtual-time-budget=6000", "--dump-dom")
    found = re.search(r'<script type="application/json" id="seen">(.*?)</script>', text, re.S)
    if not found:
        sys.exit("Scripts/check-report: the page's scripts did not end: " + "; ".join(complaints))
    return json.loads(found.group(1)), complaints


def problems(seen: dict, complaints: list[str]) -> list[str]:
    """What is not as it should be: six trials beside the baseline, two of which fail, two prompts."""
    times = [float(value) for value in seen["rising"] if value]
    expected = {
        "rows": 7, "cases": 2, "marks": 15, "fronts": 3, "curves": 1, "videos": 5, "loaded": 5, "captions": True, "paused": True,
        "together": 1, "wide": False, "sorted": ["PSNR dB"],
    }
    wrong = [f"{name} is {seen[name]}, not {value}" for name, value in expected.items() if seen[name] != value]
    if len(times) != 5 or times != sorted(times) or seen["rising"][5:] != ["", ""]:
        wrong.append(f"rising seconds: {seen['rising']}")
    if [float(value) for value in seen["falling"] if value] != times[::-1] or seen["falling"][5:] != ["", ""]:
        wrong.append(f"falling seconds: {seen['falling']}")
    return wrong + complaints


def main() -> None:
    parser = argparse.ArgumentParser(prog="Scripts/check-report", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--pictures", type=Path, help="keep pictures of the page, light, dark and on a phone")
    arguments = parser.parse_args()
    page = arguments.work / "sweep/report.html"
    wrong = problems(*look(page))
    if arguments.pictures:
        take_pictures(page, "report", arguments.pictures)
    if wrong:
        sys.exit("Scripts/check-report: " + "; ".join(wrong))
    print("Scripts/check-report: rows, sorting, pictures and clips are as they should be")


if __name__ == "__main__":
    main()
