"""Changes to a codebook's text: what is changed is changed, and nothing else, comments and all."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from elancry.codebook.edit import with_category, with_value, without_category, without_value
from elancry.codebook.load import builtin_names, find_codebook, load_codebook
from elancry.errors import UsageError
from elancry.yaml_tree import Kind, Node, parse_yaml

NAMES = list(builtin_names())
LONG = "A definition that is far longer than one line of the file can be, so that it has to be folded: " + "word " * 20
LONG = LONG.strip()
TRICKY = [
    "plain", "with: colon", "# no comment", "it's", '"quoted"', "- dash", "a, b", "{a}", "ü, ß", "0", "null", "yes",
    "~", "'", " blanks ", "two\nlines", "x #y", "&a", "*a", "!t", "%", "@", "`", "a:", "[", LONG,
]  # fmt: skip


def built_in(name: str) -> str:
    return find_codebook(name).read_text(encoding="utf-8")


def comments(content: str) -> list[str]:
    return [line for line in content.splitlines() if line.lstrip().startswith("#")]


def said(content: str) -> object:
    def plain(node: Node) -> object:
        if node.kind is Kind.MAPPING:
            return {key.text: plain(value) for key, value in node.entries}
        return [plain(item) for item in node.items] if node.kind is Kind.LIST else node.text

    return plain(parse_yaml(content, "x"))


def texts(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a codebook with its path, ids apart."""
    for key, value in node.entries:
        if value.kind is Kind.TEXT and key.text != "id":
            yield (*path, key.text), value.text
        yield from texts(value, (*path, key.text))
    for number, item in enumerate(node.items):
        yield from texts(item, (*path, number))


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


@pytest.mark.parametrize("name", NAMES)
def test_texts_of_every_built_in_codebook_can_be_changed_and_changed_back(name: str):
    content = before = built_in(name)
    found = dict(texts(parse_yaml(content, name)))
    assert len(found) > 30
    # Labels, definitions, anchors, colours and sources from all over the file; each tricky text in one codebook.
    tricky = TRICKY[NAMES.index(name) :: len(NAMES)]
    new = dict(zip(list(found)[:: len(found) // len(tricky)], tricky, strict=False))
    assert len(new) == len(tricky)
    for path, value in new.items():
        content = with_value(content, path, value)
    assert dict(texts(parse_yaml(content, name))) == {**found, **new}
    assert comments(content) == comments(before)
    for path in new:
        content = with_value(content, path, found[path])
    assert dict(texts(parse_yaml(content, name))) == found
    assert comments(content) == comments(before)


@pytest.mark.parametrize("name", NAMES)
def test_a_category_added_and_removed_leaves_the_file_as_it_was(name: str):
    content = built_in(name)
    category = {
        "id": "new_one",
        "labels": {"en": "new: one", "de": "neu"},
        "definitions": {"en": LONG, "de": "kurz"},
        "examples": {"en": ['"said"', "done, twice"]},
        "colour": "#123456",
        "key": "9",
    }
    for system in load_codebook(name).systems[:1]:
        after = with_category(content, system.id, category)
        (own,) = [item for item in said(after)["systems"] if item["id"] == system.id]
        assert own["categories"][-1] == category
        assert [item["id"] for item in own["categories"][:-1]] == [item.id for item in system.categories]
        assert changed_lines(content, after)[0] == []
        assert without_category(after, system.id, "new_one") == content
        without = without_category(content, system.id, system.categories[1].id)
        assert comments(without) == comments(content)
        assert len(without.splitlines()) < len(content.splitlines())


def test_a_label_a_definition_a_colour_and_a_key(tmp_path):
    content = built_in("crying")
    at = ("systems", "crying_form", "categories", "protest")
    for path, value in (
        (("labels", "de"), "Aufbegehren"),
        (("definitions", "en"), LONG),
        (("colour",), "#112233"),
        (("key",), "X"),
    ):
        content = with_value(content, (*at, *path), value)
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    category = load_codebook(path).systems[0].category("protest")
    assert category is not None
    assert (category.label("de"), category.definitions["en"], category.colour, category.key) == (
        "Aufbegehren", LONG, "#112233", "X",
    )  # fmt: skip


SMALL = """\
# first
id: a   # behind
title: {en: A, de: B}   # in braces
systems:
  # before s
  - id: s
    labels:
      en: one   # label
      # between
      de: eins

    # before categories
    categories:
    - id: x
      labels: {en: "x"}
      # inside x
      colour: '#111111'   # colour
    # before y
    - id: y
      definitions:
        en: |
          two
          lines

      # behind y
# end
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_comments_stay_where_they_are(ends: str):
    content = SMALL.replace("\n", ends)

    def changed(after: str) -> tuple[list[str], list[str]]:
        assert after.count("\r\n") == (after.count("\n") if ends == "\r\n" else 0)
        return changed_lines(content, after)

    at = ("systems", "s")
    assert changed(with_value(content, ("id",), "b")) == (["id: a   # behind"], ["id: b   # behind"])
    assert changed(with_value(content, ("title", "fr"), "C, D")) == (
        ["title: {en: A, de: B}   # in braces"],
        ["title: {en: A, de: B, fr: 'C, D'}   # in braces"],
    )
    assert changed(with_value(content, (*at, "labels", "en"), "two")) == (
        ["      en: one   # label"], ["      en: two   # label"],
    )  # fmt: skip
    assert changed(with_value(content, (*at, "labels", "fr"), "un")) == ([], ["      fr: un"])
    assert changed(with_value(content, (*at, "categories", "x", "labels", "en"), "it's")) == (
        ['      labels: {en: "x"}'], ["      labels: {en: 'it''s'}"],
    )  # fmt: skip
    assert changed(with_value(content, (*at, "categories", "y", "definitions", "en"), "short")) == (
        ["        en: |", "          two", "          lines"], ["        en: short"],
    )  # fmt: skip
    assert changed(with_value(content, (*at, "categories", "x", "key"), "K")) == ([], ["      key: K"])
    assert changed(without_value(content, (*at, "categories", "x", "colour"))) == (
        ["      colour: '#111111'   # colour"], [],
    )  # fmt: skip
    assert changed(without_value(content, ("title", "de")))[1] == ["title: {en: A}   # in braces"]
    assert changed(without_category(content, "s", "y"))[0] == [
        "    - id: y", "      definitions:", "        en: |", "          two", "          lines",
    ]  # fmt: skip
    assert changed(with_category(content, "s", {"id": "z", "labels": {"en": "Z"}}))[1] == [
        "    - id: z", "      labels:", "        en: Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [("systems", "t", "labels", "en"), ("systems", "s", "labels", "en", "x"), ("nothing", "x"), ("systems", "x")],
)
def test_a_path_that_leads_nowhere_is_refused(path: tuple[str, ...]):
    with pytest.raises(UsageError, match="has no place for"):
        with_value(SMALL, path, "x")
    with pytest.raises(UsageError):
        without_value(SMALL, path)


def test_the_last_category_cannot_go():
    content = without_category(SMALL, "s", "y")
    with pytest.raises(UsageError, match="x"):
        without_category(content, "s", "x")


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1).filter(lambda value: value.strip() and value.isprintable()), st.sampled_from(["en", "fr"]))
def test_any_text_comes_back(value: str, language: str):
    for path in (("title", language), ("systems", "s", "labels", language)):
        after = with_value(SMALL, path, value)
        assert yaml.safe_load(after) is not None
        assert (
            dict(texts(parse_yaml(after, "x")))[path if path[0] == "title" else ("systems", 0, "labels", language)]
            == value
        )
        assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == comments(SMALL)
