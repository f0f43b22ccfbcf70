"""The coding manual says what the codebook says, in words of its language, and loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from elancry.codebook.load import builtin_names, load_codebook
from elancry.codebook.model import Codebook
from elancry.template.manual import manual_pages, render_manual

VOID = {"meta", "br", "img", "link", "hr", "input"}


class Page(HTMLParser):
    """Collects the text and notices tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.parts.append(data)


def text(html: str) -> str:
    page = Page()
    page.feed(html)
    assert page.open == []
    return " ".join(" ".join(page.parts).split())


@pytest.mark.parametrize("name", builtin_names())
@pytest.mark.parametrize("language", ["en", "de"])
def test_everything_a_rater_needs_is_there(name: str, language: str) -> None:
    book = load_codebook(name)
    shown = text(render_manual(book, language))
    for system in book.systems:
        assert system.labels[language] in shown
        assert system.definitions[language] in shown
        assert system.source is not None
        assert (system.source.note or "") in shown
        for category in system.categories:
            assert category.labels[language] in shown
            assert category.definitions[language] in shown
            for example in category.examples[language]:
                assert example in shown
        assert system.scale is not None
        for anchor in system.scale.anchors.values():
            assert anchor[language] in shown


def test_the_page_loads_nothing() -> None:
    html = render_manual(load_codebook("crying"), "en")
    assert not re.search(r"<(script|link|img|iframe)\b|@import|url\(|src=", html)


def test_texts_are_escaped_and_right_to_left_is_set(everything: Codebook) -> None:
    english = render_manual(everything, "en")
    assert "at &#34;you&#34; &amp; &lt;them&gt;" in english
    assert 'lang="en" dir="ltr"' in english
    assert 'lang="ar" dir="rtl"' in render_manual(everything, "ar")
    assert 'at "you" & <them>' in text(english)


def test_one_page_per_language() -> None:
    pages = manual_pages(load_codebook("crying"), language="de")
    assert sorted(pages) == ["manual.en.html", "manual.html"]
    assert b'lang="de"' in pages["manual.html"]
