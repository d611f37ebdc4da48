"""Pages in headless Chromium, without a network: how Scripts/check-pages and Scripts/check-report open them."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome"]
LOOKS = {
    "light": ["--window-size=1200,2600"],
    "dark": ["--window-size=1200,2600", "--blink-settings=preferredColorScheme=0"],
    "phone": ["--window-size=500,3400"],
}


def open_page(page: Path, *options: str) -> tuple[str, list[str]]:
    """What the page is when its scripts have run, and what they wrote to the console."""
    browser = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not browser:
        sys.exit("A browser is needed: apt-get install -y chromium")
    with tempfile.TemporaryDirectory() as user:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
                   "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={user}", *options,
                   page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{page}: the browser failed:\n{done.stderr[-2000:]}")
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def take_pictures(page: Path, name: str, folder: Path) -> None:
    """The page on a wide screen, light and dark, and on a phone."""
    folder.mkdir(parents=True, exist_ok=True)
    for look, options in LOOKS.items():
        file = folder.resolve() / f"{name}-{look}.png"
        open_page(page, f"--screenshot={file}", "--virtual-time-budget=3000", *options)
