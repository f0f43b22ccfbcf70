"""Language codes: the codebook writes `en`, ELAN's files write `eng`.

ELAN takes its languages from ISO 639-3. The three-letter code is needed for another reason too: in a file, LANG_ID and
a LOCALE's LANGUAGE_CODE are both xsd:ID, so that a LOCALE `en` beside a LANGUAGE `en` would be invalid.
"""

from __future__ import annotations

from collections.abc import Iterable

from elancry.codebook.names import is_language

UNDETERMINED = "und"

# ISO 639-1, ISO 639-3, English name.
_LANGUAGES = (
    ("ar", "ara", "Arabic"),
    ("cs", "ces", "Czech"),
    ("da", "dan", "Danish"),
    ("de", "deu", "German"),
    ("el", "ell", "Modern Greek"),
    ("en", "eng", "English"),
    ("es", "spa", "Spanish"),
    ("fa", "fas", "Persian"),
    ("fi", "fin", "Finnish"),
    ("fr", "fra", "French"),
    ("he", "heb", "Hebrew"),
    ("hu", "hun", "Hungarian"),
    ("it", "ita", "Italian"),
    ("ja", "jpn", "Japanese"),
    ("ko", "kor", "Korean"),
    ("nl", "nld", "Dutch"),
    ("no", "nor", "Norwegian"),
    ("pl", "pol", "Polish"),
    ("pt", "por", "Portuguese"),
    ("ro", "ron", "Romanian"),
    ("ru", "rus", "Russian"),
    ("sv", "swe", "Swedish"),
    ("tr", "tur", "Turkish"),
    ("uk", "ukr", "Ukrainian"),
    ("zh", "zho", "Chinese"),
)
_LONG = {short: long for short, long, _ in _LANGUAGES}
_SHORT = {long: short for short, long, _ in _LANGUAGES}
_NAME = {long: name for _, long, name in _LANGUAGES}
# The identifiers that ELAN itself writes, as far as they are known to us from files that it wrote.
_DEFINITION = {
    "eng": "http://cdb.iso.org/lg/CDB-00138502-001",
    "fra": "http://cdb.iso.org/lg/CDB-00138512-001",
    "jpn": "http://cdb.iso.org/lg/CDB-00138539-001",
    "nld": "http://cdb.iso.org/lg/CDB-00138580-001",
    "und": "http://cdb.iso.org/lg/CDB-00130975-001",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ara", "fas", "heb", "urd", "yid"})


def elan_language(code: str) -> str:
    """The LANG_ID in ELAN's files for a codebook's language: `de` -> `deu`; an unknown code stays as it is."""
    return _LONG.get(code, code)


def elan_label(code: str) -> str:
    """The LANG_LABEL as ELAN writes it: `German (deu)`."""
    long = elan_language(code)
    name = "undetermined" if long == UNDETERMINED else _NAME.get(long, long)
    return f"{name} ({long})"


def elan_definition(code: str) -> str:
    """The LANG_DEF of the language: ELAN's own where we know it, else the page of the ISO 639-3 registry.

    The schema makes it optional, but ELAN skips a LANGUAGE without it, and with it all values in that language.
    """
    long = elan_language(code)
    return _DEFINITION.get(long, f"https://iso639-3.sil.org/code/{long}")


def codebook_language(elan_id: str) -> str:
    """The codebook's code for a LANG_ID: `deu` -> `de`; for none, or one that is no language code: `und`."""
    short = _SHORT.get(elan_id, elan_id)
    return short if is_language(short) else UNDETERMINED


def choose_language(language: str | None, languages: Iterable[str]) -> str | None:
    """The codebook's language that a user means by `language` (`de`, `deu`, `DE`); `None` where it has no such one.

    Without a wish it is the first.
    """
    known = tuple(languages)
    if language is None:
        return known[0]
    wish = codebook_language(language.strip().casefold())
    return next((code for code in known if code.casefold() == wish), None)
