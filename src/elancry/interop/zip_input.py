"""Zip files of other programs, read with bounds: what a member holds once unpacked, whatever it claims to hold."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from elancry.errors import UnreadableInput
from elancry.interop.text import MOST_BYTES, called
from elancry.texts import Text, text

_MOST_MEMBERS = 10_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError)


class ZipInput:
    """The members of a zip file; `kind` says what was expected."""

    def __init__(self, data: bytes, name: str, kind: Text) -> None:
        """Look into `data`; raises UnreadableInput for what is no zip file or has too many members."""
        self._name, self._kind = name, kind
        self._left = MOST_BYTES
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise self._refusal(error) from None
        self.names = self._archive.namelist()
        if len(self.names) > _MOST_MEMBERS:
            raise self._too_large()

    def read(self, member: str) -> bytes:
        """The content of a member; raises UnreadableInput where it is damaged, or too large with those before it."""
        try:
            with self._archive.open(member) as stream:
                content = stream.read(self._left + 1)
        except (*_DAMAGED, NotImplementedError, RuntimeError, KeyError) as error:
            raise self._refusal(error) from None
        self._left -= len(content)
        if self._left < 0:
            raise self._too_large()
        return content

    def _refusal(self, error: Exception) -> UnreadableInput:
        why = text("format.zip-damaged", why=str(error)[:100] or type(error).__name__)
        message = text("format.not-of-kind", file=called(self._name), kind=self._kind, why=why)
        return UnreadableInput(message, hint=text("format.zip-damaged-hint"))

    def _too_large(self) -> UnreadableInput:
        mb = MOST_BYTES // 1_000_000
        return UnreadableInput(
            text("format.too-large-unpacked", file=called(self._name), mb=mb),
            hint=text("format.too-large-unpacked-hint"),
        )
