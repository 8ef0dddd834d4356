"""The report in a real browser, offline: language, cards, keyboard, phone, nothing fetched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import skip_or_fail
from tests.report.cases import HOSTILE, standard

from xinzhi.report import write_report

pytestmark = pytest.mark.browser

ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--lang=zh-CN"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    binary = shutil.which("chromium")
    driver_path = shutil.which("chromedriver")
    if binary is None or driver_path is None:
        skip_or_fail("no chromium and chromedriver (apt-get install chromium chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(binary)
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(str(driver_path)), options=options)
    driver.set_script_timeout(30)
    try:
        yield driver
    finally:
        driver.quit()


def opened(browser: Any, path: Path, hash_: str = "", width: int = 1280) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(path.as_uri() + hash_)
    ready = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(browser, 30).until(lambda b: b.execute_script(ready))
    return browser


def assert_quiet(browser: Any) -> None:
    """Check that nothing was logged, and nothing asked of a network."""
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        m["params"]["request"]["url"]
        for m in messages
        if m["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def shown(browser: Any, selector: str) -> str:
    return browser.find_element("css selector", selector).text


def dialog_open(browser: Any) -> bool:
    return bool(browser.execute_script("return document.getElementById('card').open"))


def focused(browser: Any) -> str:
    return str(browser.execute_script("return document.activeElement.dataset.card || ''"))


def test_languages_cards_and_keyboard(browser: Any, folder: Path):
    from selenium.webdriver.common.keys import Keys

    opened(browser, folder / "report.html", "#zh")
    assert shown(browser, "h1") == "上海"
    assert browser.title.startswith("上海")
    assert len(browser.find_elements("css selector", ".picture svg")) == len(
        browser.find_elements("css selector", ".picture")
    )
    browser.find_element("css selector", "[data-lang=en]").click()
    assert browser.execute_script("return document.documentElement.lang") == "en"
    assert shown(browser, "h1") == "Shanghai"
    assert browser.title.startswith("Shanghai")
    pressed = browser.find_element("css selector", "[data-lang=en]").get_attribute("aria-pressed")
    assert pressed == "true"
    alt = browser.find_element("css selector", ".picture").get_attribute("aria-label")
    assert alt.startswith("Shanghai")

    number = browser.find_element("css selector", ".four .number")
    card = number.get_attribute("data-card")
    number.click()
    assert dialog_open(browser)
    assert browser.current_url.endswith("#card-" + card)
    assert "Working" in shown(browser, "#card")
    assert "Level of the four chains (proxy)" in shown(browser, "#card-title")
    browser.find_element("css selector", "#card li .number").click()
    assert shown(browser, "#card-title") == "Innovation chain"
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not dialog_open(browser)
    assert focused(browser) == card
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert dialog_open(browser)
    browser.find_element("css selector", "#card .close").send_keys(Keys.ENTER)
    assert not dialog_open(browser)
    assert focused(browser) == card
    assert "#card-" not in browser.current_url
    assert_quiet(browser)


def test_a_card_can_be_cited(browser: Any, folder: Path):
    card = "four_chains.rd_intensity_gdp.310000.2023"
    opened(browser, folder / "report.html", f"#card-{card}")
    assert dialog_open(browser)
    assert "2,049.6 ÷ 51,404.5" in shown(browser, "#card pre")
    assert "全国科技经费投入统计公报" in shown(browser, "#card table")
    assert_quiet(browser)


def test_a_mark_of_a_chart_opens_its_card(browser: Any, folder: Path):
    opened(browser, folder / "report.html", "#zh")
    dot = browser.find_element("css selector", ".front .picture svg .mark-symbol path")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", dot)
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).move_to_element(dot).click().perform()
    assert dialog_open(browser)
    assert_quiet(browser)


def test_an_arrow_leads_to_its_evidence_and_unfolds_it(browser: Any, folder: Path):
    opened(browser, folder / "report.html", "#zh")
    browser.execute_script("location.hash = '#coupling-regions'")
    unfolded = "return document.getElementById('coupling-regions').open"
    from selenium.webdriver.support.ui import WebDriverWait

    assert WebDriverWait(browser, 5).until(lambda b: b.execute_script(unfolded))
    names = {
        a.get_attribute("href").split("#")[1]
        for a in browser.find_elements("css selector", ".arrow")
    }
    exists = "return arguments[0].every((id) => document.getElementById(id))"
    assert browser.execute_script(exists, sorted(names))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_width_overflows(browser: Any, folder: Path, lang: str, width: int):
    opened(browser, folder / "report.html", f"#{lang}", width)
    browser.execute_script(
        "for (const table of document.querySelectorAll('details')) table.open = true"
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    wide = browser.execute_script(
        "return [...document.querySelectorAll('.picture svg')]"
        ".filter((svg) => svg.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert wide == 0
    assert_quiet(browser)


def test_names_that_look_like_code_do_nothing(browser: Any, tmp_path: Path):
    write_report(standard(3, HOSTILE), tmp_path)
    opened(browser, tmp_path / "report.html", "#en")
    assert shown(browser, "h1") == HOSTILE
    browser.find_element("css selector", ".four .number").click()
    assert HOSTILE in shown(browser, "#card .where")
    assert_quiet(browser)
