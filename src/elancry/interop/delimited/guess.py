"""A table whose columns mean nothing to us, shown with its first rows and the guess that `--columns` would confirm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from elancry.times import Unit, parse_time

_SHOWN_ROWS, _SHOWN_COLUMNS, _SHOWN_LETTERS = 3, 20, 24
_SAMPLE = 300
_LIKE = {
    "start": re.compile(r"onset|start|begin|from|anfang|von|time|zeit", re.IGNORECASE),
    "end": re.compile(r"offset|end|stop|until|bis", re.IGNORECASE),
    "duration": re.compile(r"dur|dauer|length|l.nge", re.IGNORECASE),
    "tier": re.compile(r"tier|track|spur|layer|variable|modality|coder|rater|kodierer", re.IGNORECASE),
    "value": re.compile(r"code|kode|value|wert|label|annot|behav|verhalten|categor|kategor|event", re.IGNORECASE),
}
_LONGEST_S = 36_000


def shown(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A line for each column: its number, its name, and what it has in the first rows."""
    lines = []
    for at, name in enumerate(names[:_SHOWN_COLUMNS]):
        cells = [_short(row[at]) if at < len(row) else "" for row in rows[:_SHOWN_ROWS]]
        lines.append(f"{at + 1}  {_short(name) or '-'}: {' | '.join(cells)}")
    return tuple(lines) if len(names) <= _SHOWN_COLUMNS else (*lines, "...")


def guess(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """What `--columns` would have to say, as far as names and cells tell; a column that nothing points to is `?`."""
    sample = [list(row) for row in rows[:_SAMPLE]]
    columns = [[row[at].strip() if at < len(row) else "" for row in sample] for at in range(len(names))]
    times = [at for at, cells in enumerate(columns) if _are_times(cells)]
    found: dict[str, int] = {}
    for word in ("start", "end", "duration"):
        like = [at for at in times if at not in found.values() and _LIKE[word].search(names[at])]
        if like and not (word == "duration" and "end" in found):
            found[word] = like[0]
    rest = [at for at in times if at not in found.values()]
    if "start" not in found and rest:
        found["start"] = rest.pop(0)
    if "end" not in found and "duration" not in found:
        later = [at for at in rest if _is_end(columns[found["start"]], columns[at])] if "start" in found else []
        if later:
            found["end"] = later[0]
    others = [at for at in range(len(names)) if at not in times and any(columns[at])]
    for word in ("tier", "value"):
        like = [at for at in others if at not in found.values() and _LIKE[word].search(names[at])]
        if like:
            found[word] = like[0]
    left = [at for at in others if at not in found.values()]
    if "value" not in found and left:
        found["value"] = max(left, key=lambda at: len(set(columns[at])) > 1)
    second = "duration" if "duration" in found and "end" not in found else "end"
    parts = [f"{word}={_name(names, found.get(word))}" for word in ("start", second, "value")]
    parts += [f"tier={_name(names, found['tier'])}"] if "tier" in found else []
    if (
        unit := _unit([cell for word in ("start", second) if word in found for cell in columns[found[word]]])
    ) is not None:
        parts.append(f"unit={unit}")
    return ",".join(parts)


def _name(names: Sequence[str], at: int | None) -> str:
    """The column as `--columns` takes it: by name where that names it alone, else by number."""
    if at is None:
        return "?"
    name = names[at]
    return name if name and names.count(name) == 1 and not re.search(r"[,=]", name) else str(at + 1)


def _are_times(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(parse_time(cell, Unit.SECONDS) is not None or _is_clock(cell) for cell in filled)


def _is_clock(cell: str) -> bool:
    return any(parse_time(cell, unit) is not None for unit in (Unit.CLOCK, Unit.SMPTE))


def _is_end(starts: Sequence[str], ends: Sequence[str]) -> bool:
    pairs = [(_number(start), _number(end)) for start, end in zip(starts, ends, strict=True)]
    known = [(start, end) for start, end in pairs if start is not None and end is not None]
    return bool(known) and all(end >= start for start, end in known)


def _number(cell: str) -> int | None:
    found = parse_time(cell, Unit.SECONDS)
    return parse_time(cell, Unit.CLOCK) if found is None else found


def _unit(cells: Sequence[str]) -> str | None:
    """`s` or `ms` for plain numbers, `None` for clock times."""
    filled = [cell for cell in cells if cell]
    if not filled or any(map(_is_clock, filled)):
        return None
    latest = max(_number(cell) or 0 for cell in filled) / 1000
    return "ms" if latest >= _LONGEST_S or (all(cell.isdigit() for cell in filled) and latest > 2000) else "s"


def _short(cell: str) -> str:
    one = " ".join(cell.split())
    return one if len(one) <= _SHOWN_LETTERS else one[: _SHOWN_LETTERS - 3] + "..."
