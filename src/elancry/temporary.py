"""A folder for a time: only its user can read it, and it is gone with the `with` block, however that ends."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from types import TracebackType


class TemporaryFolder:
    """`with TemporaryFolder() as folder`. OSError where it cannot be made.

    A signal that comes as an exception can end any line. So the folder is named before it is made, and made where
    whatever ends the line removes it again.
    """

    def __init__(self) -> None:
        self._path: Path | None = None

    def __enter__(self) -> Path:
        self._path = Path(tempfile.gettempdir()) / f"elancry-{secrets.token_hex(8)}"
        try:
            self._path.mkdir(mode=0o700)
        except BaseException:
            self.remove()
            raise
        return self._path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it and what is in it; nothing where it is gone."""
        if self._path is None:
            return
        try:
            shutil.rmtree(self._path, ignore_errors=True)
        finally:
            # A signal may have cut that short.
            shutil.rmtree(self._path, ignore_errors=True)
