"""A study whose names are attacks, through the commands: every name is shown as text and nothing of it runs.

Tiers, vocabularies, categories, sequences, sessions and raters hold markup, formulas and template code; the report and
the manual are opened in a headless Chromium, the other files are read.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree

sys.path.insert(0, str(Path(__file__).parent))

from chromium import Browser, find_chromium

from elancry.cli.main import run
from elancry.eaf import Vocabulary, VocabularyEntry, new_document, write_eaf

SCRIPT = "<script>alert(1)</script>"
SVG = "<svg onload=alert(1)>"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = "=cmd()"
TEMPLATE = "{{7*7}}"
DOLLARS = "$x$"
CATEGORIES = (SCRIPT, SVG, IMAGE, FORMULA, TEMPLATE, DOLLARS)
RATERS = (IMAGE, FORMULA, TEMPLATE)
# A slash ends a folder's name, so sessions and raters have no closing tag.
SESSIONS = (SVG, DOLLARS, "@S" + IMAGE[1:])
SEQUENCE = "seq " + SVG
LENGTH_MS = 60_000


def coded(rater: int, session: int):
    """Two systems over two sequences; each category in turn, the raters half a second apart."""
    editor = new_document().edit()
    editor.types.add("sequence type")
    editor.tiers.add(SEQUENCE, "sequence type")
    for number in range(2):
        start = number * LENGTH_MS
        editor.annotations.add(SEQUENCE, start, start + LENGTH_MS, f"{SCRIPT} {number}")
    for shift, system in enumerate((SCRIPT, IMAGE)):
        entries = tuple(VocabularyEntry(f"cve{shift}{n}", {"und": label}) for n, label in enumerate(CATEGORIES))
        if not shift:
            editor.languages.add("und", SVG)
        editor.vocabularies.add(Vocabulary(system, entries, {"und": IMAGE}))
        editor.types.add(system, vocabulary=system)
        editor.tiers.add(system, system, participant=SVG, annotator=RATERS[rater])
        for n in range(22):
            start = 200 + n * 5_000 + 500 * rater
            label = CATEGORIES[(n * (shift + 1) + session + (n == 5 and rater)) % len(CATEGORIES)]
            editor.annotations.add(system, start, start + 3_000, label)
    return editor.document()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    if sys.platform == "win32":
        pytest.skip("Windows allows no such file names")
    folder = tmp_path_factory.mktemp("attack")
    files = folder / "coded"
    files.mkdir()
    for session, name in enumerate(SESSIONS):
        for rater, who in enumerate(RATERS):
            write_eaf(coded(rater, session), files / f"{name}__{who}.eaf")
    shared = ["--sequence-tier", SEQUENCE, "--quiet"]
    quick = ["--resamples", "20", "--permutations", "19"]
    assert run(["analyze", str(files), "-o", str(folder / "results"), *shared, *quick]) in (0, 1)
    assert run(["merge", str(files), "-o", str(folder / "merged"), *shared]) in (0, 1)
    first = str(next(files.iterdir()))
    assert run(["codebook", "extract", first, "-o", str(folder / "codebook.yaml"), "--sequence-tier", SEQUENCE]) == 0
    assert run(["template", str(folder / "codebook.yaml"), "-o", str(folder / "template")]) == 0
    return folder


@pytest.fixture(scope="module")
def browser():
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine: the attack was not opened in a browser")
    started = Browser(executable)
    yield started
    started.close()


def opened(browser, path: Path):
    page = browser.open(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("new Promise(r => setTimeout(() => r(1), 200))")
    return page


def harmless(page, path: Path) -> None:
    dialogs = [event for event in page._browser.events if event["method"] == "Page.javascriptDialogOpening"]
    assert dialogs == []
    assert page.complaints() == []
    assert [url for url in page.requests() if not url.startswith((path.resolve().as_uri(), "data:"))] == []
    assert page.evaluate("document.querySelectorAll('[onload], [onerror], img[src=x]').length") == 0


def test_the_report_shows_every_name_as_text(browser, study):
    path = study / "results" / "report.html"
    page = opened(browser, path)
    harmless(page, path)
    assert page.evaluate("document.scripts.length") == 1, "the page's own"
    text = page.evaluate("document.body.innerText")
    for name in (*CATEGORIES, *RATERS, *SESSIONS):
        assert name in text, name


def test_filters_work_with_such_names(browser, study):
    path = study / "results" / "report.html"
    page = opened(browser, path)
    shown = page.evaluate(
        "(form => { const e = form.elements.rater; e.value = e.options[1].value; "
        "e.dispatchEvent(new Event('input', {bubbles: true})); "
        "const bright = Array.from(document.querySelectorAll('.b.category:not(.dim)'));"
        "return Array.from(new Set(bright.map(b => b.dataset.r))); })(document.querySelector('.filters'))"
    )
    assert len(shown) == 1
    assert shown[0] in RATERS
    harmless(page, path)


def test_the_manual_shows_every_category_as_text(browser, study):
    manuals = sorted((study / "template").glob("manual*.html"))
    assert manuals
    for path in manuals:
        page = opened(browser, path)
        harmless(page, path)
        text = page.evaluate("document.body.innerText")
        assert all(name in text for name in CATEGORIES)


def test_worklists_are_harmless(browser, study):
    pages = sorted((study / "merged").rglob("*.html"))
    assert [path.name for path in pages] == ["worklist.html"]
    for path in pages:
        page = opened(browser, path)
        harmless(page, path)
        text = page.evaluate("document.body.innerText")
        assert FORMULA in text
        assert SVG in text


def test_pictures_are_xml_without_any_element_of_ours(study):
    figures = sorted((study / "results" / "figures").glob("*.svg"))
    assert len(figures) > 8
    texts = ""
    for path in figures:
        root = etree.parse(path).getroot()
        names = {etree.QName(element).localname for element in root.iter(etree.Element)}
        assert not names & {"script", "img", "foreignObject"}, path.name
        assert not [a for e in root.iter(etree.Element) for a in e.attrib if a.lower().startswith("on")], path.name
        texts += "".join(root.itertext())
    assert SCRIPT in texts
    assert DOLLARS in texts


def test_figures_stay_in_their_folder(study):
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", path.name) for path in (study / "results" / "figures").iterdir())


def test_word_holds_text_and_no_field(study):
    with zipfile.ZipFile(study / "results" / "tables.docx") as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        links = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels"))
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    texts = {text.text for text in root.iter(f"{word}t")}
    # Tables are copied into spreadsheets: a formula gets an apostrophe there.
    assert {SCRIPT, f"'{FORMULA}", TEMPLATE} <= texts
    cells = {"".join(t.text or "" for t in cell.iter(f"{word}t")) for cell in root.iter(f"{word}tc")}
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert not list(root.iter(f"{word}instrText", f"{word}fldSimple", f"{word}hyperlink"))
    assert 'TargetMode="External"' not in links


def test_markdown_is_escaped(study):
    text = (study / "results" / "methods.md").read_text(encoding="utf-8")
    assert "alert" in text, "the names are in it"
    assert not re.search(r"(?<!\\)<\w", text)
    assert not re.search(r"(?<!\\)\$x", text)


def test_tables_keep_the_values_as_they_are(study):
    text = (study / "merged" / "annotations.csv").read_text(encoding="utf-8")
    assert all(name.replace('"', '""') in text for name in CATEGORIES)
