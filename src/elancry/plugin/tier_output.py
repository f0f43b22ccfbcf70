"""The new tiers that ELAN loads: laid out without overlap, times in whole milliseconds, written whole or not at all.

ELAN's XmlTierIO reads a time with a point as a 32-bit float and cuts it off, one without a point as milliseconds; it
splits the names of tiers on blanks and takes a `#` off their front. Annotations of one tier that overlap would cut each
other up while ELAN makes them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from elancry.errors import OutputRefused
from elancry.files import fill_empty, write_bytes, write_text
from elancry.plugin.xml_input import Segment
from elancry.texts import text

# What XML 1.0 cannot hold, whatever is done to it.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = 4096


def laid_out(segments: Iterable[Segment]) -> list[Segment]:
    """The same without overlap: each keeps its start, ends where the next begins, and equal starts become one."""
    by_start: dict[int, list[Segment]] = {}
    for item in segments:
        by_start.setdefault(max(item.start_ms, 0), []).append(item)
    starts = sorted(by_start)
    found = []
    for number, start in enumerate(starts):
        here = by_start[start]
        end = max(start + 1, *(item.end_ms for item in here))
        if number + 1 < len(starts):
            end = min(end, starts[number + 1])
        found.append(Segment(start, end, " | ".join(dict.fromkeys(item.value for item in here))))
    return found


def tiers_xml(tiers: Mapping[str, Sequence[Segment]]) -> str:
    """The file for ELAN; names of tiers must have no blank."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<TIERS>"]
    for name, segments in tiers.items():
        lines.append(f"<TIER columns={quoteattr(_clean(name))}>")
        lines += [
            f'<span start="{item.start_ms}" end="{item.end_ms}"><v>{escape(_clean(item.value))}</v></span>'
            for item in segments
        ]
        lines.append("</TIER>")
    return "\n".join([*lines, "</TIERS>", ""])


def usable_output(given: str, inputs: Iterable[str]) -> Path:
    """The file that ELAN named for the new tiers.

    Raises OutputRefused for an input, for a file that holds something else than tiers of a recognizer (a video, an
    .eaf), and for a folder: what a rater typed by mistake must not be lost.
    """
    path = Path(given)
    if not path.is_absolute():
        raise OutputRefused(text("plugin.output-relative", path=given), hint=text("plugin.output-leave-empty"))
    for other in filter(None, inputs):
        if _same(path, Path(other)):
            raise OutputRefused(text("plugin.output-is-input", path=given), hint=text("plugin.output-leave-empty"))
    if not path.parent.is_dir():
        raise OutputRefused(
            text("plugin.output-no-folder", path=given, folder=str(path.parent)),
            hint=text("plugin.output-no-folder-hint"),
        )
    if path.is_dir():
        raise OutputRefused(text("plugin.output-is-folder", path=given), hint=text("plugin.output-leave-empty"))
    if path.exists() and path.stat().st_size and not _holds_tiers(path):
        raise OutputRefused(text("plugin.output-foreign", path=given), hint=text("plugin.output-foreign-hint"))
    return path


@contextlib.contextmanager
def new_tiers(path: Path, tiers: Mapping[str, Sequence[Segment]]) -> Iterator[None]:
    """The tiers are in the file `path` when the block begins; if it ends with an exception, what was there is again.

    ELAN makes an empty file, which is filled without a temporary one beside it (and the video), so that no kill can
    leave one. Raises OutputRefused where writing is not possible.
    """
    before = path.read_bytes() if path.exists() else None
    content = tiers_xml(tiers)
    if before:
        # Whole or not at all: a stop in here leaves the old content.
        write_text(path, content)
    try:
        if not before:
            fill_empty(path, content.encode("utf-8"))
        yield
    except BaseException:
        with contextlib.suppress(OSError, OutputRefused):
            if before is None:
                path.unlink(missing_ok=True)
            elif before:
                write_bytes(path, before)
            else:
                os.truncate(path, 0)
        raise


def _holds_tiers(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return b"<TIER" in head and b"<ANNOTATION_DOCUMENT" not in head


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        return os.path.normcase(path) == os.path.normcase(other)


def _clean(content: str) -> str:
    return _NO_XML.sub(" ", content)
