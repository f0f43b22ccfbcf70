"""What the rater filled in, read by the form's fields: missing ones have their default, unknown ones are ignored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from elancry.errors import UnreadableInput, UsageError
from elancry.findings import printable
from elancry.plugin.form import SOUND, ChoiceField, FileInput, Form, NumberField, TierInput
from elancry.plugin.xml_input import MOST_BYTES, Segment, read_tier


class Given:
    """The values of one form."""

    def __init__(self, form: Form, values: Mapping[str, str]) -> None:
        self._fields = {item.name: item for item in form.fields}
        self._values = values

    def tier(self, name: str) -> list[Segment] | None:
        """The annotations chosen for a field, `None` where nothing was chosen. Raises UnreadableInput."""
        field = self._fields[name]
        assert isinstance(field, TierInput)
        path = self._values.get(name, "")
        if not path:
            return None
        try:
            # A pipe or a device would be waited for, a video read into memory.
            if not Path(path).is_file():
                raise FileNotFoundError
            with Path(path).open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            raise UnreadableInput(
                f"the file that ELAN wrote for {field.slot} cannot be read: {printable(path)}",
                hint="Press Start once more; if a file was chosen instead of a tier, choose the tier.",
            ) from error
        return read_tier(data, field.slot)

    def number(self, name: str) -> int:
        """A whole number; raises UsageError where it is none or outside the form's limits."""
        field = self._fields[name]
        assert isinstance(field, NumberField)
        text = self._values.get(name, "").replace(",", ".")
        if not text:
            return field.default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        # Java's smallest float stands for "never set".
        if 0 < value < 1e-30:
            return field.default
        if not math.isfinite(value) or not field.minimum <= value <= field.maximum:
            raise UsageError(f"{field.label}: {text!r} was given, {field.minimum} to {field.maximum} is possible")
        return round(value)

    def choice(self, name: str) -> str:
        """One of the form's words; raises UsageError for another one."""
        field = self._fields[name]
        assert isinstance(field, ChoiceField)
        text = self._values.get(name, "") or field.default
        if text not in field.choices:
            raise UsageError(f"{field.label}: {text!r} was given, there are {', '.join(field.choices)}")
        return text

    def file(self, name: str) -> str:
        """The path that was picked, "" for none."""
        assert isinstance(self._fields[name], FileInput)
        return self._values.get(name, "")

    def length_ms(self) -> int | None:
        """The length of the sound file, where there is one that can be read."""
        from elancry.check.media_length import length_ms

        path = self._values.get(SOUND, "")
        try:
            return length_ms(Path(path)) if path and Path(path).is_file() else None
        except (OSError, ValueError):
            return None
