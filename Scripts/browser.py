"""Pages in headless Chromium, without a network: how Scripts/check-pages and Scripts/check-report open them."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

NAMES = ["chromium", "chromium-browser", "google-chrome"]
WIDE, PHONE = (1200, 2600), (500, 3400)
LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light")}
# Seconds for what a page does by itself: it waits for events, and a machine may have other things to do.
PATIENCE = 60


class Page:
    """A page in the browser."""

    def __init__(self, driver: webdriver.Chrome):
        self._driver = driver

    def run(self, script: str) -> object:
        """What `script` returns when it is run in the page."""
        return self._driver.execute_script(script)

    def comes_to(self, condition: str) -> bool:
        """Whether `condition` holds, now or while we wait for it."""
        try:
            return WebDriverWait(self._driver, PATIENCE).until(lambda _: self.run(f"return Boolean({condition})"))
        except TimeoutException:
            return False

    def complaints(self) -> list[str]:
        """What came to the console since the last time, messages and errors alike."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def take_picture(self, file: Path) -> None:
        self._driver.save_screenshot(str(file))


@contextmanager
def opened(file: Path, size: tuple[int, int] = WIDE, scheme: str = "light") -> Iterator[Page]:
    """The page of `file` in a window of `size` pixels, once it and what it names have loaded."""
    browser = next((path for name in NAMES if (path := shutil.which(name))), None)
    service = shutil.which("chromedriver")
    if not browser or not service:
        sys.exit("A browser and its driver are needed: apt-get install -y chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for option in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND", "--autoplay-policy=no-user-gesture-required"]:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=Service(service), options=options)
    try:
        driver.set_page_load_timeout(PATIENCE)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        driver.get(file.resolve().as_uri())
        yield Page(driver)
    finally:
        driver.quit()


def take_pictures(file: Path, name: str, folder: Path, ready: str) -> None:
    """The page on a wide screen, light and dark, and on a phone, each once `ready` holds."""
    folder.mkdir(parents=True, exist_ok=True)
    for look, (size, scheme) in LOOKS.items():
        with opened(file, size, scheme) as page:
            page.comes_to(ready)
            page.take_picture(folder / f"{name}-{look}.png")
