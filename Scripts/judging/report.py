"""The judge's tables, in Markdown, as Weights/README.md has them."""

import json
from pathlib import Path

from clips import write_text

SHARES = ("subject", "motion", "background", "tint", "camera", "subject and motion", "all", "subjects", "both subjects",
          "both, placed", "both, placed, motion", "second judge: subject", "judges agree")
LAST = ("second judge: subject", "judges agree", "flicker", "tokens", "sampling seconds", "peak MiB")
ORDER = ("generated", "ceiling", "floor")     # first words of rows


def write_report(folder: Path, report: dict) -> None:
    """report.json and report.md in a folder, a table for each set.

    Args:
        report: 'sets', by name the rows by name the facts by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "report.json", json.dumps(report, indent=1) + "\n")
    tables = [table(name, rows) for name, rows in report["sets"].items()]
    write_text(folder / "report.md", "\n\n".join(tables) + "\n")


def table(name: str, rows: dict[str, dict]) -> str:
    found = dict.fromkeys(column for facts in rows.values() for column in facts)
    columns = [column for column in found if column not in LAST] + [column for column in LAST if column in found]
    lines = [f"| **{name}** | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns)]
    ordered = sorted(rows, key=lambda row: ORDER.index(row.split(maxsplit=1)[0].strip(",:")))
    lines += [f"| {row} | {' | '.join(shown(column, rows[row].get(column)) for column in columns)} |" for row in ordered]
    return "\n".join(lines)


def shown(column: str, value) -> str:
    """A share as a percentage, halves of one included, anything else with the digits that matter."""
    if value is None:
        return ""
    if column in SHARES:
        return f"{100 * value:.3g} %"
    return str(value) if isinstance(value, int) else f"{value:.0f}" if value >= 100 else f"{value:.2f}"
