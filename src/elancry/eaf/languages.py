"""Languages as ELAN knows them: an id, a label, and the URI (LANG_DEF) that says which language is meant.

ELAN remembers every language that it has met, by its id. A file that defines a known id otherwise has this language
rejected, a LANGUAGE without a LANG_DEF or with an id of another form is passed over; either way all values in that
language vanish from the file's vocabularies, for good when the file is saved. So everything that elancry writes uses
ELAN's own definitions, in `languages.csv` beside this module: those of the two-letter languages of ISO 639-1. For
others it is the page of the ISO 639-3 registry.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

UNDETERMINED = "und"
"""The language of what names none (ISO 639-3)."""
REGISTRY = "https://iso639-3.sil.org/code/"

_ID = re.compile(r"[a-z][a-z0-9]*")


class Language(NamedTuple):
    """A row of the table; `short` is the code of ISO 639-1, empty for the undetermined language."""

    short: str
    id: str
    name: str
    definition: str


@cache
def elan_languages() -> tuple[Language, ...]:
    """The languages whose LANG_DEF in ELAN is known."""
    lines = Path(__file__).with_name("languages.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return tuple(Language(row["alpha_2"], row["alpha_3"], row["name"], row["lang_def"]) for row in rows)


@cache
def _by_id() -> dict[str, Language]:
    return {language.id: language for language in elan_languages()}


def elan_accepts(language_id: str) -> bool:
    """Whether ELAN reads a LANGUAGE of this id: a small letter, then small letters and digits."""
    return _ID.fullmatch(language_id) is not None


def known_definition(language_id: str) -> str | None:
    """The LANG_DEF by which ELAN itself knows the language; `None` where that is not known."""
    found = _by_id().get(language_id)
    return None if found is None else found.definition


def definition_of(language_id: str) -> str:
    """The LANG_DEF to write for a language: ELAN's own, else its page in the registry of ISO 639-3."""
    return known_definition(language_id) or REGISTRY + language_id


def label_of(language_id: str) -> str:
    """The LANG_LABEL as ELAN writes it: `German (deu)`; of an unknown language the id twice."""
    found = _by_id().get(language_id)
    return f"{language_id if found is None else found.name} ({language_id})"
