"""Checks report.html of a sweep in a browser; called by Scripts/check-report."""

import argparse
import sys
from pathlib import Path

from browser import Page, opened, take_pictures

NARROW = (390, 844)
# Those clips that have a picture to show.
SHOWN = "videos.filter(video => video.readyState >= 2 && video.videoWidth > 0)"
LOADED = f"videos.length && {SHOWN}.length === videos.length"


def look(file: Path) -> tuple[dict, list[str]]:
    """What is seen in the page, sorted, with the clips of all trials, and stopped in their middle; and what its scripts
    complained of."""
    with opened(file, NARROW) as page:
        seen = sorted_rows(page) | clips(page)
        seen["wide"] = page.run("return document.documentElement.scrollWidth > innerWidth")
        return seen, page.complaints()


def sorted_rows(page: Page) -> dict:
    return page.run("""
        const titles = heads.map(head => head.textContent);
        const sort = title => heads[titles.indexOf(title)].querySelector("button").click();
        const seconds = () => [...table.tBodies[0].rows].map(row => row.cells[titles.indexOf("seconds")].dataset.value);
        const count = selector => document.querySelectorAll(selector).length;
        const seen = { rows: table.tBodies[0].rows.length, cases: choice.options.length, marks: count("svg circle"),
          fronts: count("svg .front"), curves: count("svg .curve") };
        sort("seconds");
        seen.rising = seconds();
        sort("seconds");
        seen.falling = seconds();
        sort("PSNR dB");
        seen.sorted = heads.filter(head => head.hasAttribute("aria-sort")).map(head => head.textContent);
        return seen;""")


def clips(page: Page) -> dict:
    page.run("which.value = 'all'; which.onchange();")
    playing = page.comes_to(LOADED) and page.comes_to("videos.every(video => video.currentTime > 0)")
    return {"playing": playing, "loaded": page.run(f"return {SHOWN}.length")} | page.run("""
        place.value = 0.5;
        place.oninput();
        return {
          videos: videos.length, paused: videos.every(video => video.paused),
          captions: videos.every(video => video.parentElement.querySelector("figcaption").textContent),
          together: new Set(videos.map(video => video.currentTime.toFixed(3))).size };""")


def problems(seen: dict, complaints: list[str]) -> list[str]:
    """What is not as it should be: six trials beside the baseline, two of which fail, two prompts."""
    times = [float(value) for value in seen["rising"] if value]
    expected = {
        "rows": 7, "cases": 2, "marks": 15, "fronts": 3, "curves": 1, "videos": 5, "loaded": 5, "playing": True,
        "captions": True, "paused": True, "together": 1, "wide": False, "sorted": ["PSNR dB"],
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
        take_pictures(page, "report", arguments.pictures, LOADED)
    if wrong:
        sys.exit("Scripts/check-report: " + "; ".join(wrong))
    print("Scripts/check-report: rows, sorting, pictures and clips are as they should be")


if __name__ == "__main__":
    main()
