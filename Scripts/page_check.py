"""Checks pages such as profile.html in a browser; called by Scripts/check-pages."""

import argparse
import re
import sys
from pathlib import Path

from browser import opened, take_pictures

READY = "document.documentElement.dataset.ready === 'yes'"


def problems(file: Path) -> list[str]:
    if not file.is_file() or not file.stat().st_size:
        return ["there is no such page"]
    with opened(file) as page:
        is_ready, text = page.comes_to(READY), page.run("return document.documentElement.outerHTML")
        wrong = page.complaints()
    if not is_ready:
        wrong.append("its script did not come to its end")
    return wrong + [f"it wants {link[0]}" for link in re.findall(r'((?:src|href)="(https?:)?//[^"]*")', text)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="Scripts/check-pages", description=__doc__)
    parser.add_argument("pages", type=Path, nargs="+", metavar="page")
    parser.add_argument("--pictures", type=Path, help="keep pictures of each page, light, dark and on a phone")
    arguments = parser.parse_args()
    wrong = [f"{page}: {problem}" for page in arguments.pages for problem in problems(page)]
    if arguments.pictures:
        for page in arguments.pages:
            take_pictures(page, page.resolve().parent.name, arguments.pictures, READY)
    if wrong:
        sys.exit("Scripts/check-pages: " + "; ".join(wrong))
    print(f"Scripts/check-pages: {len(arguments.pages)} page(s) as they should be")


if __name__ == "__main__":
    main()
