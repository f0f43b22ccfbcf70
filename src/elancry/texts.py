"""What is said to people, as data: a code with fields, put into words when somebody reads it.

`text("check.tier-empty", tier="Gaze")` says which sentence and what fills it in; the words of each language are in one
gettext catalogue, `locale/LANGUAGE/LC_MESSAGES/elancry.po`, whose msgid is the code. English is a language like any
other. A build hook (`hatch_build.py`) compiles the catalogues; a test holds that every language has every code, with
equal fields.

Conventions
-----------
Codes: `room.what-it-says`, lower case, words joined by hyphens.
Fields: `{name}` in the catalogue, filled in by `str.format`, so `{share:.0%}` works too. Values may be `str`, `int`,
`float`, `bool`, `None` (shown as nothing), another `Text` or `Texts`, or a sequence of these (joined by commas).
Numbers keep the decimal point of APA style in every language.
Plurals: a field `n` chooses the plural form where the catalogue has one (`msgid_plural` repeats the code). A sentence
with two counts nests texts: `text("merge.done", files=text("count.files", n=96))`.
Language: `str(message)` is in the language of messages (`LANGUAGE`, else the system's), `message.into("de")` in German.
Nothing takes a rendered text apart again: ask for `code` and `fields`.
"""

from __future__ import annotations

import gettext
import locale
import os
import string
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

Value = Any
LOCALES = files("elancry") / "locale"
SOURCE = "en"
"""The language of the sources: who has no catalogue gets this one."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence, title or word that the catalogues hold under `code`, with what fills in its fields."""

    code: str
    fields: Mapping[str, Value] = field(default_factory=dict)

    def into(self, language: str) -> str:
        """This text in `language`; English where there is no catalogue of that language.

        Raises KeyError for a code that the catalogue lacks, or a field that it asks for and that was not given;
        CatalogueError where the catalogue itself is missing or damaged.
        """
        pattern = _pattern(self.code, self.fields.get("n"), language)
        return _Filler(language).vformat(pattern, (), self.fields) if self.fields else pattern.format()

    def __str__(self) -> str:
        return self.into(message_language())

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((name, str(value)) for name, value in self.fields.items()))))

    def changed(self, change: Callable[[str], str]) -> Text:
        """This text with `change` applied to every string that fills in a field, those of nested texts too."""
        return Text(self.code, {name: _changed(value, change) for name, value in self.fields.items()})

    def as_data(self) -> dict[str, Any]:
        """A JSON-ready mapping: `code`, and `fields` where there are any, nested texts likewise."""
        fields = {name: _data(value) for name, value in self.fields.items()}
        return {"code": self.code, **({"fields": fields} if fields else {})}


@dataclass(frozen=True, slots=True)
class Texts:
    """Several texts one after the other, as one cell of a table holds them; `; ` stands between."""

    parts: tuple[Text, ...]

    def into(self, language: str) -> str:
        """All of them in `language`."""
        return "; ".join(part.into(language) for part in self.parts)

    def __str__(self) -> str:
        return self.into(message_language())

    def __bool__(self) -> bool:
        return bool(self.parts)

    def as_data(self) -> list[dict[str, Any]]:
        """`Text.as_data` of each, in a list."""
        return [part.as_data() for part in self.parts]


def text(code: str, /, **fields: Value) -> Text:
    """The text of `code` with these fields (see the module's conventions)."""
    return Text(code, fields)


def some(names: Sequence[Value], most: int | None = None) -> Value:
    """`names` as a field: the first `most` of them and how many more there are, "none" for none."""
    if not names:
        return text("list.none")
    if most is None or len(names) <= most:
        return tuple(names)
    return text("list.more", names=tuple(names[:most]), n=len(names) - most)


def from_data(data: Mapping[str, Any]) -> Text:
    """The text that `Text.as_data` wrote.

    Raises KeyError, TypeError or ValueError for what can never be put into words: a code that the catalogues lack, as
    another version may have written it, or fields that do not fill it in.
    """
    made = Text(data["code"], {name: _value(value) for name, value in data.get("fields", {}).items()})
    made.into(SOURCE)
    return made


def shown(value: Value, language: str | None = None) -> str:
    """`value` as it is shown inside a sentence in `language` (the messages' one by default)."""
    language = language or message_language()
    if value is None:
        return ""
    if isinstance(value, Text | Texts):
        return value.into(language)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(shown(item, language) for item in value)
    return str(value)


def known(code: str, language: str = SOURCE) -> bool:
    """Whether the catalogue of `language` holds `code`."""
    return _entry(code, None, language) is not None


@cache
def languages() -> tuple[str, ...]:
    """Every language that has a catalogue, English first."""
    found = sorted(place.name for place in LOCALES.iterdir() if (place / "LC_MESSAGES" / "elancry.mo").is_file())
    return (SOURCE, *(name for name in found if name != SOURCE))


def message_language() -> str:
    """The language of messages: the first of LANGUAGE, LC_ALL, LC_MESSAGES, LANG and the system's that we have."""
    return _chosen(tuple(os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")))


@cache
def _chosen(settings: tuple[str, ...]) -> str:
    wanted = [name for setting in settings for name in setting.split(":") if name]
    if not wanted:
        wanted = [_system_language()]
    for name in wanted:
        language = name.split(".")[0].split("@")[0].replace("-", "_").split("_")[0].lower()
        if language in languages():
            return language
        if language in ("c", "posix"):
            return SOURCE
    return SOURCE


def _system_language() -> str:
    """What the system is set to where the environment says nothing: Windows has it in its user interface settings."""
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    try:
        return locale.getlocale()[0] or ""
    except ValueError:
        return ""


class CatalogueError(Exception):
    """A compiled catalogue is missing or damaged: there are no words to say anything in, so this is English."""


@cache
def catalogue(language: str, domain: str = "elancry") -> gettext.NullTranslations:
    """The compiled catalogue of `language`; raises CatalogueError where it is missing or damaged."""
    path = LOCALES / language / "LC_MESSAGES" / f"{domain}.mo"
    try:
        with path.open("rb") as stream:
            return gettext.GNUTranslations(stream)
    except (OSError, ValueError, LookupError, struct.error) as error:
        raise CatalogueError(
            f"The texts of elancry for the language {language!r} are missing or damaged ({path}).\n"
            "  Install elancry again; in a clone of its sources, run: python hatch_build.py"
        ) from error


def _entry(code: str, n: int | None, language: str) -> str | None:
    words = catalogue(language)
    if isinstance(n, int):
        found = words.ngettext(code, code, n)
        if found != code:
            return found
    found = words.gettext(code)
    return found if found != code else None


def _pattern(code: str, n: int | None, language: str) -> str:
    found = _entry(code, n, language if language in languages() else SOURCE)
    if found is None:
        raise KeyError(f"the catalogue {language!r} has no text {code!r}")
    return found


class _Filler(string.Formatter):
    """`str.format` that shows texts in its language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Value, format_spec: str) -> str:
        if not format_spec:
            return shown(value, self.language)
        return str(format(value, format_spec))


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, Text):
        return value.changed(change)
    if isinstance(value, str):
        return change(value)
    return tuple(_changed(item, change) for item in value) if isinstance(value, Sequence) else value


def _data(value: Value) -> Any:
    if isinstance(value, Text):
        return value.as_data()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_data(item) for item in value]
    return value


def _value(data: Any) -> Value:
    if isinstance(data, Mapping):
        return from_data(data)
    if isinstance(data, list):
        return tuple(_value(item) for item in data)
    return data
