"""Exit codes, the same for every command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the shell gets back."""

    CLEAN = 0
    ERRORS_FOUND = 1
    UNUSABLE = 2
    """Wrong usage, or an input that cannot be read, or an output that cannot be written."""
    WARNINGS_UNDER_STRICT = 3
