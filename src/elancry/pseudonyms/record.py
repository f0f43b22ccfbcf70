"""What `merge.json` says of merged files, under pseudonyms: from whose files they are, what they could not hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from elancry.check.coding import natural_key
from elancry.check.originals import RECORD, all_of, record_options, session_records
from elancry.choices import Consensus
from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.pseudonyms.document import HiddenDocument, Hiding, Part
from elancry.pseudonyms.key import REMOVED, nfc
from elancry.pseudonyms.names import Names
from elancry.texts import text

_T = TypeVar("_T")
_CODE = re.compile(r"[a-z-]{1,40}")


class Record:
    """`merge.json` of a folder with merged files; empty where there is none.

    Raises UnreadableInput, here and later, for one that is not as elancry writes it: names that only stand there would
    not be found, and what merged files could not hold would be lost.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / RECORD
        self._sessions: dict[str, Mapping[str, Any]] = {}
        if self._path.is_file():
            self._sessions = self._checked(lambda: {str(item["file"]): item for item in session_records(self._path)})

    def raters(self, file: str) -> set[str]:
        """Whom it names with a merged file."""
        return self._checked(lambda: _raters(self._sessions[file]) if file in self._sessions else set())

    def left_out(self, file: str) -> list[Mapping[str, Any]]:
        """The annotations that a merged file could not hold."""
        return self._checked(lambda: list(map(_sound, self._sessions.get(file, {}).get("left_out", ()))))

    def options(self, names: Names) -> dict[str, Any]:
        """How the files were merged; nothing where that is not known."""
        found = record_options(self._path)
        method, min_ms = found.get("consensus"), found.get("min_ms")
        if not isinstance(method, str) or not isinstance(min_ms, int):
            return {}
        return {"consensus": method if method in list(Consensus) else names.rater(method), "min_ms": min_ms}

    def of(
        self, file: str, document: Document, parts: Mapping[str, Part], hidden: HiddenDocument, hiding: Hiding
    ) -> dict[str, Any] | None:
        """What it says of the merged `file`, which is `document` and becomes `hidden`; `None` where nothing."""
        record = self._sessions.get(file)
        return None if record is None else self._checked(lambda: _of(record, document, parts, hidden, hiding))

    def _checked(self, made: Callable[[], _T]) -> _T:
        try:
            return made()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            said = text("pseudonyms.not-a-record", path=str(self._path))
            raise UnreadableInput(said, hint=text("pseudonyms.not-a-record-hint")) from error


def _raters(record: Mapping[str, Any]) -> set[str]:
    named = [item["rater"] for item in record["inputs"]]
    return {str(name) for name in (*named, *record.get("raters", ()), *record.get("missing_raters", ())) if name}


def _sound(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An annotation that was left out; raises where it is none."""
    given = item["given"]
    return {
        **item,
        **{name: str(item[name]) for name in ("tier", "id", "value")},
        **{name: int(item[name]) for name in ("start_ms", "end_ms")},
        "given": None if given is None else [None if ms is None else int(ms) for ms in given],
        "why": _code(item["why"]),
    }


def _code(why: object) -> str:
    return str(why) if _CODE.fullmatch(str(why)) else REMOVED


def _of(
    record: Mapping[str, Any],
    document: Document,
    parts: Mapping[str, Part],
    hidden: HiddenDocument,
    hiding: Hiding,
) -> dict[str, Any]:
    names = hiding.names
    session = names.session(str(record["session"]))

    def renamed(rater: object) -> str:
        return f"{session}__{names.rater(str(rater))}.eaf" if rater else f"{session}.eaf"

    files = {str(item["file"]): renamed(item["rater"]) for item in record["inputs"]}
    left = [item for item in map(_sound, record.get("left_out", ())) if item["tier"] in parts]
    ids = dict(hidden.ids)
    for item in left if ids else ():
        ids.setdefault(item["id"], f"a{len(ids) + 1}")
    inputs = [
        {
            "file": files[str(item["file"])],
            "rater": names.rater(str(item["rater"])) if item["rater"] else "",
            "sha256": "",
            "offset_ms": int(item.get("offset_ms") or 0),
        }
        for item in record["inputs"]
    ]
    return {
        "session": session,
        "file": "",
        "sha256": hashlib.sha256(hidden.document.to_bytes()).hexdigest(),
        "raters": _all(record.get("raters", ()), names),
        "missing_raters": _all(record.get("missing_raters", ()), names),
        "inputs": sorted(inputs, key=lambda item: natural_key(item["file"])),
        "annotations": {tier.id: len(hidden.document.annotations(tier.id)) for tier in hidden.document.tiers},
        "renumbered": _renumbered(record, document, parts, left, files, ids, names),
        "left_out": [hiding.left_out(item, parts[item["tier"]], ids) for item in left],
        "restructured": [
            {"tier": parts[item["tier"]].name, "why": _code(item["why"])}
            for item in record.get("restructured", ())
            if item["tier"] in parts
        ],
        "points": hiding.points(record.get("points", ()), document, str(record["session"])),
        "taken_off": int(record.get("taken_off", 0)),
        "adjudicated": bool(record.get("adjudicated")),
    }


def _all(raters: Any, names: Names) -> list[str]:
    return sorted((names.rater(str(name)) for name in raters), key=natural_key)


def _renumbered(
    record: Mapping[str, Any],
    document: Document,
    parts: Mapping[str, Part],
    left: list[Mapping[str, Any]],
    files: Mapping[str, str],
    ids: Mapping[str, str],
    names: Names,
) -> dict[str, dict[str, list[str]]]:
    """The rater's file -> the id there -> the ids now, where these are others."""
    before = {
        str(new): (str(file), str(old))
        for file, changed in record["renumbered"].items()
        for old, now in changed.items()
        for new in all_of(now)
    }
    own = {nfc(str(item["rater"])): str(item["file"]) for item in record["inputs"] if item["rater"]}
    found: dict[str, dict[str, list[str]]] = {}
    placed = [(item.id, parts[tier.id].rater) for tier in document.tiers if tier.id in parts
              for item in document.annotations(tier.id)]  # fmt: skip
    for merged, rater in (*placed, *((item["id"], parts[item["tier"]].rater) for item in left)):
        file, old = before.get(merged, (own.get(nfc(rater), ""), merged))
        was, now = names.identity(old), ids.get(merged) or names.identity(merged)
        if file in files and was != now:
            found.setdefault(files[file], {}).setdefault(was, []).append(now)
    return dict(sorted(found.items()))
