"""Language codes: the codebook writes `en`, ELAN's files write `eng`.

ELAN takes its languages from ISO 639-3. The three-letter code is needed for another reason too: in a file, LANG_ID and
a LOCALE's LANGUAGE_CODE are both xsd:ID, so that a LOCALE `en` beside a LANGUAGE `en` would be invalid.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from elancry.eaf.languages import UNDETERMINED as UNDETERMINED
from elancry.eaf.languages import elan_languages

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ara", "fas", "heb", "urd", "yid"})

# Two or three letters of ISO 639, perhaps with more behind them that tell two variants apart: `pt`, `ptbr`. ELAN drops
# a language whose id holds a capital or a hyphen, with all its values.
_CODE = re.compile(r"[a-z]{2,3}[a-z0-9]{0,6}")


@cache
def _long() -> dict[str, str]:
    return {language.short: language.id for language in elan_languages() if language.short}


@cache
def _short() -> dict[str, str]:
    return {long: short for short, long in _long().items()}


@cache
def _names() -> dict[str, str]:
    return {language.name.casefold(): language.short for language in elan_languages() if language.short}


def elan_language(code: str) -> str:
    """The LANG_ID in ELAN's files for a codebook's language: `de` -> `deu`; an unknown code stays as it is."""
    return _long().get(code, code)


def is_language(text: str) -> bool:
    """Whether `text` can be the code of a language in a codebook: `en`, `deu`, `ptbr`, but neither `pt-BR` nor `DE`."""
    return bool(_CODE.fullmatch(text)) and text not in _names()


def nearest_language(text: str, taken: Collection[str] = ()) -> str | None:
    """The code that works in the place of `text`: `pt-BR` -> `pt`, or `ptbr` where `pt` is in `taken`.

    `None` where there is none.
    """
    folded = text.strip().casefold()
    used = {elan_language(code) for code in taken}
    base = re.split(r"[-_.\s]", folded)[0]
    whole = re.sub(r"[^a-z0-9]", "", folded)
    codes = (_names().get(folded, base), whole, f"{base[:3]}{whole[-3:]}")
    return next(
        (_short().get(code, code) for code in codes if is_language(code) and elan_language(code) not in used), None
    )


def codebook_language(elan_id: str) -> str:
    """The codebook's code for a LANG_ID: `deu` -> `de`; for none, or one that is no language code: `und`."""
    short = _short().get(elan_id, elan_id)
    return short if is_language(short) else nearest_language(elan_id) or UNDETERMINED


def choose_language(language: str | None, languages: Iterable[str]) -> str | None:
    """The codebook's language that a user means by `language` (`de`, `deu`, `DE`); `None` where it has no such one.

    Without a wish it is the first.
    """
    known = tuple(languages)
    if language is None:
        return known[0]
    wish = codebook_language(language.strip().casefold())
    return next((code for code in known if code.casefold() == wish), None)
