"""Which tiers or types are meant: an exact name, a name with `*` and `?`, or a regular expression behind `re:`.

An exact name wins over a pattern: a tier called `what?` is found by `what?`. Letters count in their case; names typed
with composed umlauts find names stored with decomposed ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from elancry.errors import UsageError
from elancry.texts import text

REGEX = "re:"


def matching(names: Iterable[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that one of `patterns` means, in their own order."""
    listed = list(names)
    meant = {name for pattern in patterns for name in _meant(listed, pattern)}
    return tuple(name for name in dict.fromkeys(listed) if name in meant)


def renamed(names: Iterable[str], old: str, new: str) -> dict[str, str]:
    r"""What becomes of those of `names` that `old` means.

    `new` is a name; a `*` or `?` in it stands for what the same one of `old` stood for (`*@R1` to `R1 *`). Behind a
    regular expression, `\1` and `\g<name>` stand for its groups.
    """
    listed = list(names)
    exact = [name for name in listed if _composed(name) == _composed(old)]
    if exact:
        return dict.fromkeys(exact, new)
    expression = compiled(old)
    template = new if old.startswith(REGEX) else _as_groups(old, new)
    found = {}
    for name in listed:
        match = expression.fullmatch(_composed(name))
        if match is not None:
            try:
                found[name] = match.expand(template)
            except (re.error, IndexError) as error:
                raise UsageError(text("edit.pattern-does-not-fit", new=new, old=old, error=str(error))) from error
    return found


def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern; UsageError for a broken one."""
    if pattern.startswith(REGEX):
        try:
            return re.compile(_composed(pattern.removeprefix(REGEX)))
        except re.error as error:
            said = text("edit.not-a-regular-expression", pattern=pattern, error=str(error))
            raise UsageError(said, hint=text("edit.hint-not-a-regular-expression")) from error
    parts = (_WILD.get(letter, re.escape(letter)) for letter in _composed(pattern))
    return re.compile("".join(parts), re.DOTALL)


_WILD = {"*": "(.*)", "?": "(.)"}


def _meant(names: Sequence[str], pattern: str) -> list[str]:
    exact = [name for name in names if _composed(name) == _composed(pattern)]
    if exact:
        return exact
    expression = compiled(pattern)
    return [name for name in names if expression.fullmatch(_composed(name))]


def _as_groups(old: str, new: str) -> str:
    """`new` with its wildcards as references to those of `old`, in order of their kind."""
    groups: dict[str, list[int]] = {letter: [] for letter in _WILD}
    for number, letter in enumerate((letter for letter in old if letter in _WILD), 1):
        groups[letter].append(number)
    parts = []
    for letter in new:
        if letter in _WILD:
            if not groups[letter]:
                said = text("edit.more-wildcards", new=new, letter=letter, old=old)
                raise UsageError(said, hint=text("edit.hint-more-wildcards"))
            parts.append(f"\\g<{groups[letter].pop(0)}>")
        else:
            parts.append(letter.replace("\\", "\\\\"))
    return "".join(parts)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
