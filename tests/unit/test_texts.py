"""The catalogues of texts: every code in every language, equal fields, nothing twice, nothing unused."""

from __future__ import annotations

import ast
import json
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from elancry.findings import CATALOGUE
from elancry.texts import Text, from_data, languages, message_language, text

SOURCE = Path(__file__).parents[2] / "src" / "elancry"
LOCALES = SOURCE / "locale"


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "elancry.po").open("rb") as stream:
        return read_po(stream, abort_invalid=True)


@cache
def entries(language: str) -> dict[str, Message]:
    return {code_of(message): message for message in catalogue(language) if message.id}


def code_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def fields(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


def calls() -> list[tuple[str, str, set[str] | None]]:
    """Every `text("code", field=...)` in the sources: file and line, code, fields (`None` where `**` hides some)."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
                (code,) = node.args
                if isinstance(code, ast.Constant):
                    names = {word.arg for word in node.keywords}
                    place = f"{path.relative_to(SOURCE)}:{node.lineno}"
                    found.append((place, code.value, None if None in names else {name for name in names if name}))
    return found


def test_every_language_has_the_same_codes():
    english = set(entries("en"))
    for language in languages():
        assert set(entries(language)) == english, language


def test_the_fields_of_a_text_are_the_same_in_every_language():
    english = entries("en")
    for language in languages():
        for code, message in entries(language).items():
            # A singular may leave its count out: "one file".
            wanted = set().union(*map(fields, forms(english[code])))
            assert set().union(*map(fields, forms(message))) == wanted, (language, code)


def test_no_text_is_empty_and_plurals_are_whole():
    for language in languages():
        for code, message in entries(language).items():
            assert all(form.strip() for form in forms(message)), (language, code)
            assert isinstance(message.id, str) == isinstance(entries("en")[code].id, str), (language, code)


@pytest.mark.parametrize("language", languages())
def test_no_code_stands_twice_and_codes_are_in_order(language):
    source = (LOCALES / language / "LC_MESSAGES" / "elancry.po").read_text(encoding="utf-8")
    codes = [code for code in re.findall(r'^msgid "(.*)"$', source, re.MULTILINE) if code]
    assert codes == sorted(set(codes))


def test_codes_are_named_one_way():
    assert [code for code in entries("en") if not re.fullmatch(r"[a-z0-9_]+(\.[a-zA-Z0-9_:-]+)+", code)] == []


def test_every_text_that_the_code_asks_for_exists_with_its_fields():
    known = entries("en")
    for place, code, given in calls():
        assert code in known, f"{place}: no text {code!r}"
        if given is not None:
            wanted = set().union(*map(fields, forms(known[code])))
            assert wanted <= given, f"{place}: {code!r} wants {sorted(wanted - given)}"


# Codes that are put together: the beginning that stands in the source, asked for with an Enum's or a catalogue's names.
OF_KINDS = re.compile(r"finding\.([a-z-]+)\.(title|explanation)")
WORDS_OF_A_ROOM = ("report.", "methods.", "manual.")
"""Asked for without their prefix: `words("key")`, `say("key")`; `test_words.py` holds those of the report."""


def beginnings() -> set[str]:
    """What stands before the first field of every f-string in the sources that can be a code."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.fullmatch(r"[a-z_]+\.[a-z0-9_.-]*", start) and start != "finding.":
                    found.add(start)
    return found


def test_every_text_is_asked_for():
    literals = {
        node.value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    families = (*beginnings(), *WORDS_OF_A_ROOM)
    unused = [
        code
        for code in entries("en")
        if code not in literals
        and not code.startswith(families)
        and not ((kind := OF_KINDS.fullmatch(code)) and kind[1] in CATALOGUE)
    ]
    assert unused == []


# One thing has one name in German: words of the English text, German words that are not ours for it, and English words
# beside which they mean something else.
OTHER_GERMAN = [
    (r"\btiers?\b", r"Zeile|Ebene", r"\b(row|line|level)s?\b"),  # Spur
    (r"\bcodebooks?\b", r"Codeb|Codierb|Kodebuch", None),  # Kodierbuch
    (r"\bratings?\b", r"Rating|Bewertung", None),  # Einschätzung
    (r"\bdisagree(ments?)?\b", r"[Uu]nstimmig|Dissens|Nichtübereinstimmung", None),  # Uneinigkeit
]


@pytest.mark.parametrize(("english", "german", "unless"), OTHER_GERMAN)
def test_a_thing_has_one_name_in_german(english, german, unless):
    asked = 0
    for code, message in entries("en").items():
        said = " ".join(forms(message))
        if re.search(english, said, re.IGNORECASE) and not (unless and re.search(unless, said, re.IGNORECASE)):
            asked += 1
            assert not re.search(german, " ".join(forms(entries("de")[code]))), code
    assert asked


def test_plurals_and_languages_that_are_not_there():
    assert text("count.files", n=1).into("en") == "1 file"
    assert text("count.files", n=3).into("de") == "3 Dateien"
    assert text("count.files", n=3).into("xx") == "3 files"


def test_a_text_survives_json():
    message = Text("list.more", {"n": 2, "inner": text("count.files", n=2), "names": ("x", text("count.files", n=1))})
    assert from_data(json.loads(json.dumps(message.as_data()))) == message


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANGUAGE": "de_AT:en"}, "de"),
        ({"LANGUAGE": "", "LC_ALL": "de_DE.UTF-8"}, "de"),
        ({"LANGUAGE": "xx", "LANG": "de"}, "de"),
        ({"LANGUAGE": "xx"}, "en"),
        ({"LANGUAGE": "", "LC_ALL": "C.UTF-8", "LANG": "de_DE"}, "en"),
    ],
)
def test_the_language_of_messages(monkeypatch, environment, language):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, environment.get(name, ""))
    assert message_language() == language


ERRORS = {"ElancryError", "UsageError", "UnreadableInput", "OutputRefused", "InvalidInput", "BadParameter", "finding"}


def sentences(node: ast.AST) -> bool:
    """Whether an argument is words written in the source instead of a text."""
    if isinstance(node, ast.BinOp):
        return sentences(node.left) or sentences(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and " " in str(node.value))


def test_errors_and_findings_say_texts_never_words_of_the_source():
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None))
            if name in ERRORS:
                at = 1 if name == "finding" else 0
                told = [*node.args[at : at + 1], *(word.value for word in node.keywords if word.arg == "hint")]
                found += [f"{path.relative_to(SOURCE)}:{node.lineno}" for argument in told if sentences(argument)]
    assert found == []


def test_errors_and_findings_hold_their_texts_as_data():
    """`str(text(...))` would put them into words of one language where they are raised."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", None)) in ERRORS:
                for given in (*node.args, *(word.value for word in node.keywords if word.arg == "hint")):
                    if isinstance(given, ast.Call) and getattr(given.func, "id", None) == "str":
                        found.append(f"{path.relative_to(SOURCE)}:{node.lineno}: {ast.unparse(given)}")
    assert [place for place in found if "text(" in place or ".words" in place or "refusal" in place] == []
