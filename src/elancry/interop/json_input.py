"""JSON from other programs, read with bounds: size, depth, numbers; what is odd becomes findings, never a traceback.

Numbers with a fraction are read as `Decimal`, so that 22.425 s are 22,425 ms and no rounding of binary fractions comes
in between. `NaN` and `Infinity`, which Python programs write though JSON has no such numbers, become `None`.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.text import refusal
from elancry.texts import Text, some, text

MOST_BYTES = 200_000_000
"""The largest file that is read, after unpacking: some millions of events."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_MS = 10**10
"""About 115 days; what lies beyond is no time in a recording."""


def unpacked(data: bytes, name: str) -> bytes:
    """`data`, unpacked where it is a gzip file; raises UnreadableInput where that fails or has no end."""
    if not data.startswith(b"\x1f\x8b"):
        if len(data) > MOST_BYTES:
            raise _too_large(name)
        return data
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise UnreadableInput(
            text("format.gzip-damaged", file=name, why=str(error)), hint=text("format.gzip-damaged-hint")
        ) from None
    if len(content) > MOST_BYTES:
        raise _too_large(name)
    if not unpack.eof:
        raise UnreadableInput(text("format.gzip-cut", file=name), hint=text("format.gzip-cut-hint"))
    return content


def read_json(data: bytes, name: str, kind: Text) -> tuple[Any, list[Finding]]:
    """The value in a JSON file and findings; names that occur twice in one object must say the same.

    Texts hold what XML can hold; other characters are U+FFFD.
    `kind` says what was expected, such as a BORIS project. Raises UnreadableInput for what is not JSON.
    """
    content = unpacked(data, name)
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableInput(
            text("format.empty", file=name, bytes=len(content), kind=kind), hint=text("format.empty-hint")
        )
    repeated: dict[str, int] = {}
    replaced = [0]

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            value, number = _NOT_XML.subn("\ufffd", value)
            replaced[0] += number
        elif isinstance(value, list):
            value[:] = map(clean, value)
        return value

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs = [(clean(key), clean(value)) for key, value in pairs]
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for key, value in pairs:
                if key in seen:
                    repeated[key] = repeated.get(key, 0) + 1
                elif value != found[key]:
                    said = text("format.json-contradicts", file=name, key=key[:40])
                    raise UnreadableInput(said, hint=text("format.json-contradicts-hint"))
                seen.add(key)
        return found

    try:
        # A str gives the C scanner's own messages; json finds UTF-8, -16 and -32 from the first bytes.
        decoded = content.decode(json.detect_encoding(content))
        value = json.loads(
            decoded.removeprefix("\ufeff"),
            object_pairs_hook=as_object,
            parse_float=Decimal,
            parse_int=lambda digits: int(digits) if len(digits) < 30 else Decimal(digits),
            parse_constant=lambda _: None,
        )
        value = clean(value)
    except json.JSONDecodeError as error:
        why = text("format.json-place", column=error.colno, why=error.msg[:100])
        raise refusal(name, error.lineno, kind, why, text("format.json-cut-hint")) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(name, line, kind, text("format.why-not-utf-8")) from None
    except RecursionError:
        raise _not_of_kind(name, kind, text("format.why-nested")) from None
    except (ValueError, InvalidOperation, MemoryError) as error:
        raise _not_of_kind(name, kind, text("format.why-other", why=str(error)[:100])) from None
    findings = [_repeated_finding(repeated, name)] if repeated else []
    if replaced[0]:
        said = text("finding.convert-character-replaced.message", n=replaced[0])
        findings.append(finding("convert-character-replaced", said, file=name))
    return value, findings


def milliseconds(seconds: object) -> tuple[int | None, bool]:
    """(whole ms, whether that meant rounding) of a number of seconds; (None, False) for what is no time.

    Texts such as `"12.3"` are numbers too; `"NA"`, NaN, truth values and what lies beyond LONGEST_MS are no times.
    Negative times are times here.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | Decimal | str):
        return None, False
    try:
        if isinstance(seconds, str) and len(seconds) > 40:
            return None, False
        number = Decimal(seconds.strip()) if isinstance(seconds, str) else Decimal(seconds)
    except (InvalidOperation, ValueError):
        return None, False
    # adjusted() is the power of ten: a number such as 1e999999999 may not be calculated with.
    if not number.is_finite() or number.adjusted() > 12 or abs(number) * 1000 > LONGEST_MS:
        return None, False
    exact = number * 1000
    whole = int(exact.to_integral_value(ROUND_HALF_UP))
    return whole, exact != whole


def in_seconds(ms: int) -> str:
    """`1234` -> `1.234`, `-5` -> `-0.005`."""
    return f"{'-' if ms < 0 else ''}{abs(ms) // 1000}.{abs(ms) % 1000:03d}"


def as_text(value: object) -> str:
    """`value` where it is a text, what it looks like where it is a number, else `""`."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def mapping(value: object) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _repeated_finding(repeated: Mapping[str, int], name: str) -> Finding:
    shown = some([repr(key[:40]) for key in sorted(repeated)], 5)
    return finding(
        "convert-not-understood",
        text(
            "finding.convert-not-understood.message-repeated",
            n=sum(repeated.values()),
            shown=shown,
        ),
        hint=text("finding.convert-not-understood.hint-json"),
        file=name,
    )


def _too_large(name: str) -> UnreadableInput:
    return UnreadableInput(
        text("format.too-large-unpacked", file=name, mb=MOST_BYTES // 1_000_000),
        hint=text("format.too-large-unpacked-hint"),
    )


def _not_of_kind(name: str, kind: Text, why: Text) -> UnreadableInput:
    return UnreadableInput(text("format.not-of-kind", file=name, kind=kind, why=why))
