"""Which recordings belong to a session, known by keys instead of names: a recording's name may say too much."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elancry.check.coding import CheckedCoding


def media_key(name: str) -> str:
    """A recording's file name as the page knows it again, without telling it: 32 bits of FNV-1a, as 8 hex digits.

    Of the name without its suffix in lower case and Unicode NFC; the page's script reckons the same. Fowler, Noll & Vo,
    http://www.isthe.com/chongo/tech/comp/fnv/.
    """
    value = 0x811C9DC5
    for byte in unicodedata.normalize("NFC", PurePosixPath(name).stem).lower().encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) % 2**32
    return f"{value:08x}"


def recordings(coding: CheckedCoding) -> Iterator[tuple[str, str, int]]:
    """Session, key and origin of every linked recording; the times of a file that were shifted are shifted back."""
    for file in coding.files:
        for name, origin in zip(file.media, file.origins_ms, strict=False):
            yield file.session, media_key(name), origin - file.offset_ms
