"""The pages as a reader meets them: opened in a headless Chromium from a local file."""

from __future__ import annotations

import dataclasses
import sys
import wave
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "report"))
sys.path.insert(0, str(Path(__file__).parent))

from chromium import Browser, find_chromium
from sample_results import INTERVENTIONS, codebook, sample_results, write_report

from elancry.cli.main import run
from elancry.report.content import build_report
from elancry.report.html import render_html
from elancry.study.media import media_key

CENTRE = "(e => { const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })"


@pytest.fixture(scope="session")
def browser():
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine: the report was not opened in a browser")
    started = Browser(executable)
    yield started
    started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(sample_results(), folder)
    return folder


def write_page(results, folder: Path, language: str = "en") -> Path:
    """The page alone, without figures: quicker where they do not matter."""
    path = folder / "report.html"
    path.write_text(render_html(build_report(results, language=language)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def page(browser, folder):
    return browser.open(folder / "report.html")


def centre(page, selector: str) -> tuple[float, float]:
    """Where an element stands, after scrolling to it and giving the page a moment to settle."""
    page.send("Page.bringToFront")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for _ in range(3):
        page.evaluate(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
        page.evaluate("new Promise(r => setTimeout(() => r(1), 50))")
    x, y = page.evaluate(f"{CENTRE}(document.querySelector({selector!r}))")
    return x, y


def choose(page, name: str, value: str) -> None:
    page.evaluate(
        f"(e => {{ if (e.type === 'checkbox') e.checked = {value!r} !== ''; else e.value = {value!r};"
        " e.dispatchEvent(new Event('input', {bubbles: true})); })"
        f"(document.querySelector('.filters').elements[{name!r}])"
    )


def bright(page, attribute: str) -> list[str]:
    """What the bars that are shown and not dimmed belong to."""
    return page.evaluate(
        "Array.from(new Set(Array.from(document.querySelectorAll('.strip:not([hidden]) .b.category:not(.dim)'))"
        f".map(b => b.dataset.{attribute})))"
    )


def shown(page) -> int:
    return page.evaluate("Array.from(document.querySelectorAll('.strip')).filter(e => !e.hidden).length")


def test_no_complaint_and_no_request_leaves_the_page(page, folder):
    assert page.complaints() == []
    requests = page.requests()
    assert requests, "the page itself was requested"
    assert [url for url in requests if not url.startswith(((folder / "report.html").as_uri(), "data:"))] == []


def test_the_policy_stops_what_would_load(browser, folder, tmp_path):
    """The guard of the test above: an image from elsewhere put into the page is refused and complained about."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    bad = tmp_path / "bad.html"
    injected = (
        '<main id="content" tabindex="-1"><img src="http://192.0.2.1/x.png"><script>document.title = "run"</script>'
    )
    bad.write_text(text.replace('<main id="content" tabindex="-1">', injected), encoding="utf-8")
    page = browser.open(bad)
    assert any("Content Security Policy" in text for text in page.complaints())
    assert page.evaluate("document.title") != "run"


def test_pictures_are_drawn_and_tables_have_rows(page):
    assert page.evaluate("Array.from(document.images).every(i => i.complete && i.naturalWidth > 300)")
    assert page.evaluate("document.images.length") >= 8
    assert page.evaluate("Array.from(document.querySelectorAll('table')).every(t => t.tBodies[0].rows.length > 0)")


def test_pointing_at_a_bar_tells_value_and_times(page):
    x, y = centre(page, ".strip .b.category")
    page.move(x, y)
    told = page.evaluate("document.querySelector('.readout').textContent")
    assert told == page.evaluate("document.querySelector('.strip .b.category title').textContent")
    rater, label, times = told.split(" · ")
    assert rater == "R1"
    assert label
    assert times.count(":") >= 4


def test_arrow_keys_reach_the_bars(page):
    page.evaluate("document.querySelector('.strip .bars').focus()")
    page.key("ArrowRight")
    first = page.evaluate("document.querySelector('.readout').textContent")
    page.key("ArrowRight")
    second = page.evaluate("document.querySelector('.readout').textContent")
    titles = page.evaluate(
        "Array.from(document.querySelectorAll('.strip .bars')[0].querySelectorAll('.b title')).map(t => t.textContent)"
    )
    assert second == titles[titles.index(first) + 1]


def test_filters_show_sessions_and_dim_raters_and_categories(page):
    assert shown(page) == 46
    choose(page, "session", "s01")
    assert shown(page) == 2
    choose(page, "session", "")
    choose(page, "rater", "R2")
    assert bright(page, "r") == ["R2"]
    choose(page, "rater", "")
    choose(page, "category", "intervention/pause")
    assert bright(page, "c") == ["intervention/pause"]
    choose(page, "category", "")
    assert shown(page) == 46


def test_only_sequences_with_disagreement(browser, tmp_path):
    results = sample_results()
    first, *rest = results.timelines
    agreed = dataclasses.replace(first, codes=first.codes[:, :1].repeat(3, axis=1))
    page = browser.open(write_page(dataclasses.replace(results, timelines=(agreed, *rest[1:])), tmp_path))
    choose(page, "disagreed", "yes")
    assert shown(page) == 45


def test_zooming_widens_the_strip_inside_its_own_box(page):
    width = "document.querySelector('.bars').getBoundingClientRect().width"
    before = page.evaluate(width)
    choose(page, "zoom", "4")
    assert page.evaluate(width) == pytest.approx(4 * before, rel=0.01)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    choose(page, "zoom", "1")


def test_everything_opens_with_one_button(page):
    x, y = centre(page, ".open-all")
    page.click(x, y)
    assert page.evaluate("Array.from(document.querySelectorAll('details')).every(d => d.open)")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate("document.querySelector('.open-all').click()")
    assert page.evaluate("Array.from(document.querySelectorAll('details')).every(d => !d.open)")


def test_only_what_scrolls_sideways_is_a_stop_for_the_tab_key(browser, folder):
    page = browser.open(folder / "report.html", width=360, height=800)
    page.evaluate("document.querySelector('.open-all').click()")
    page.evaluate("new Promise(r => setTimeout(() => r(1), 100))")
    boxes = page.evaluate(
        "Array.from(document.querySelectorAll('.scroll'))"
        ".map(b => [b.scrollWidth > b.clientWidth + 1, b.tabIndex === 0])"
    )
    assert all(scrolls == stops for scrolls, stops in boxes)
    assert {scrolls for scrolls, _ in boxes} == {True, False}


@pytest.fixture(scope="module")
def long_words(tmp_path_factory):
    """A German page whose labels and raters are words without a place to break."""
    word = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2
    results = sample_results(book=codebook(form_label=word, first_form=word), raters=("R1", word, "R3"))
    return write_page(results, tmp_path_factory.mktemp("long"), "de")


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_the_page_never_scrolls_sideways_even_with_long_german_words(browser, long_words, width):
    page = browser.open(long_words, width=width, height=900)
    page.evaluate("document.querySelector('.open-all').click()")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints() == []


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_from_its_ground(browser, folder, dark):
    """WCAG 1.4.3: contrast of at least 4.5 for every text of the page (3 for large text is not used)."""
    page = browser.open(folder / "report.html", dark=dark)
    page.evaluate("document.querySelector('.open-all').click()")
    weak = page.evaluate(
        """(() => {
          const channel = (x) => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; };
          const lum = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
          const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
          const ground = (e) => {
            for (; e; e = e.parentElement) {
              const colour = rgb(getComputedStyle(e).backgroundColor);
              if (colour[3] !== 0) return colour;
            }
            return [255, 255, 255];
          };
          const says = (e) => Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
          const weak = [];
          for (const e of document.querySelectorAll('body *')) {
            if (e.closest('svg, .skip') || !says(e) || !e.checkVisibility()) continue;
            const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(ground(e))];
            const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (contrast < 4.5) weak.push([e.tagName, e.className, e.textContent.slice(0, 40), contrast]);
          }
          return weak;
        })()"""
    )
    assert weak == []


def test_a_step_with_five_thousand_annotations_lays_the_page_out_once(browser, tmp_path):
    """What makes a page of many annotations stutter is layout done over and over; it is counted, not timed.

    How long a step takes stands in benchmarks/report_speed.py.
    """
    results = sample_results(per_sequence=850)
    page = browser.open(write_page(dataclasses.replace(results, timelines=results.timelines[:2]), tmp_path))
    assert page.evaluate("document.querySelectorAll('.b').length") > 5_000
    centre(page, ".strip .bars")
    page.send("Performance.enable")

    def work() -> dict[str, float]:
        metrics = {one["name"]: one["value"] for one in page.send("Performance.getMetrics")["metrics"]}
        return {name: metrics[name] for name in ("LayoutCount", "RecalcStyleCount", "Nodes")}

    frames = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"
    form = "const form = document.querySelector('.filters').elements;"
    changed = ".dispatchEvent(new Event('input', {bubbles: true}));"
    for step in (
        f"{form} form.rater.value = 'R2'; form.rater{changed}",
        f"{form} form.zoom.value = 8; form.zoom{changed}",
        f"{form} form.category.value = form.category.options[1].value; form.category{changed}",
        "document.querySelectorAll('.b')[300].dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));",
    ):
        before = work()
        page.evaluate(f"(async () => {{ {step} {frames} }})()")
        did = {name: value - before[name] for name, value in work().items()}
        assert 1 <= did["LayoutCount"] + did["RecalcStyleCount"] <= 6, (step, did)
        assert did["Nodes"] < 50, "bars are dimmed, not made anew"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Three minutes of silence named after session s02: a medium that every Chromium can play."""
    path = tmp_path_factory.mktemp("media") / "Practice_S02_camera1.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * 180)
    return path


def play(browser, path: Path, sound: Path):
    """The page with the reader's own file chosen and loaded."""
    page = browser.open(path)
    root = page.send("DOM.getDocument")["root"]["nodeId"]
    field = page.send("DOM.querySelector", nodeId=root, selector="input[name=video]")["nodeId"]
    page.send("DOM.setFileInputFiles", nodeId=field, files=[str(sound)])
    video = "const v = document.querySelector('video');"
    page.evaluate(f"new Promise(r => {{ {video} v.readyState ? r(1) : v.onloadedmetadata = () => r(1); }})")
    return page


def moment(page) -> float:
    """Where the video stands once it has moved."""
    video = "const v = document.querySelector('video');"
    page.evaluate(
        f"new Promise(r => {{ {video} v.currentTime ? r(1) : v.addEventListener('timeupdate', () => r(1)); }})"
    )
    return page.evaluate("document.querySelector('video').currentTime")


def test_a_click_on_a_bar_plays_that_moment_of_the_readers_own_file(browser, folder, sound):
    page = play(browser, folder / "report.html", sound)
    assert page.evaluate("document.querySelector('.video-session').value") == "s02", "recognised by the file's name"
    bar = '.strip[data-session="s02"] .b.category'
    begin = page.evaluate(f"Number(document.querySelector({bar!r}).dataset.t) / 1000")
    page.evaluate(f"document.querySelector('.video-offset').value = {20 - begin}")
    page.click(*centre(page, bar))
    assert 20 <= moment(page) < 25
    page.click(*centre(page, '.strip[data-session="s01"] .b.category'))
    assert "session s01" in page.evaluate("document.querySelector('.readout').textContent")
    assert page.evaluate("document.querySelector('video').currentTime") < 40, "another session's bar does not play"
    assert page.complaints() == []
    assert [url for url in page.requests() if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_coded_files_say_where_in_the_recording_their_time_0_lies(browser, sound, tmp_path):
    """A recording whose name says nothing of its session, linked by the files of s03 with an offset (TIME_ORIGIN)."""
    results = sample_results()
    first = next(line for line in results.timelines if line.session == "s03")
    begin = int(first.start_ms[(first.codes[:, 0] >= 0).argmax()])
    # Second 30 of the recording is the beginning of the first annotation.
    media = (("s03", "Kamera 2 – Tür.MP4", 5_000), ("s03", "Sonntag Grün.wav", 30_000 - begin), ("s04", "other.mp4", 0))
    results = dataclasses.replace(
        results, media=tuple((session, media_key(name), origin) for session, name, origin in media)
    )
    path = write_page(results, tmp_path)
    named = tmp_path / "sonntag grün.wav"
    named.write_bytes(sound.read_bytes())
    page = play(browser, path, named)
    assert page.evaluate("document.querySelector('.video-session').value") == "s03"
    assert float(page.evaluate("document.querySelector('.video-offset').value")) == (30_000 - begin) / 1000
    page.click(*centre(page, '.strip[data-session="s03"] .b.category'))
    assert 30 <= moment(page) < 35
    page.evaluate(
        "(e => { e.value = 's04'; e.dispatchEvent(new Event('change')); })(document.querySelector('.video-session'))"
    )
    assert page.evaluate("document.querySelector('.video-offset').value") == "0"


def test_printing_shows_what_is_folded(page):
    assert page.pdf().startswith(b"%PDF")
    assert page.evaluate("Array.from(document.querySelectorAll('details')).every(d => !d.open)"), (
        "closed again afterwards"
    )


def test_all_interventions_are_in_the_legend(page):
    legend = page.evaluate("document.querySelector('.legend').textContent")
    assert all(label in legend for label, _, _ in INTERVENTIONS.values())


@pytest.fixture(scope="module")
def manuals(tmp_path_factory):
    """The coding manuals that `elancry template` writes."""
    folder = tmp_path_factory.mktemp("template")
    assert run(["template", "crying", "-o", str(folder / "crying")]) == 0
    return sorted((folder / "crying").glob("manual*.html"))


def test_the_coding_manual_opens_without_complaint_and_without_a_network(browser, manuals):
    assert [path.name for path in manuals] == ["manual.de.html", "manual.html"]
    for path in manuals:
        page = browser.open(path, width=390)
        assert page.complaints() == []
        assert [url for url in page.requests() if not url.startswith((path.as_uri(), "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.documentElement.lang") == ("de" if ".de." in path.name else "en")


def test_the_list_of_disagreements_opens_without_complaint_and_without_a_network(browser, tmp_path):
    coded = tmp_path / "coded"
    assert run(["simulate", "-o", str(coded), "--sessions", "2", "--sequences", "3", "--quiet"]) == 0
    assert run(["merge", str(coded), "-o", str(tmp_path / "merged"), "--quiet"]) in (0, 1)
    path = tmp_path / "merged" / "worklist.html"
    page = browser.open(path, width=390)
    assert page.complaints() == []
    assert [url for url in page.requests() if not url.startswith((path.as_uri(), "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelectorAll('tbody tr').length") > 10
    assert page.pdf().startswith(b"%PDF")
