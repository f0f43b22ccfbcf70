"""The texts of a language as a mapping, as the sources of the catalogues hold them."""

from __future__ import annotations

import string
from pathlib import Path

from babel.messages.pofile import read_po

import elancry

LOCALES = Path(elancry.__file__).parent / "locale"


def texts(language: str, prefix: str) -> dict[str, str]:
    """Code without `prefix` -> text, for the codes that begin with it; the forms of a plural one below the other."""
    with (LOCALES / language / "LC_MESSAGES" / "elancry.po").open("rb") as stream:
        messages = [message for message in read_po(stream) if message.id]
    found = {}
    for message in messages:
        code = message.id if isinstance(message.id, str) else message.id[0]
        if code.startswith(prefix):
            forms = (message.string,) if isinstance(message.string, str) else message.string
            found[code.removeprefix(prefix)] = "\n".join(forms)
    return found


def fields_of(text: str) -> set[str]:
    """Names of the fields that `text` wants filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
