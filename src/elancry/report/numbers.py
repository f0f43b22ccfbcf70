"""Numbers as people print them: APA 7 style, rounded only here.

APA drops the zero before the point where a statistic cannot exceed 1 (proportions, p, coefficients of agreement);
elsewhere it stays. Minus is U+2212, not a hyphen. What is not there (`None`) is shown as an en dash.
"""

from __future__ import annotations

from elancry.spans import format_ms

ABSENT = "–"
MINUS = "−"
NO_BREAK = "\u00a0"


def number(value: float | None, digits: int = 2) -> str:
    """`-0.5` -> `−0.50`; what would be shown as 0 and is not keeps its first digit."""
    if value is None:
        return ABSENT
    if value != value or value in (float("inf"), float("-inf")):
        return {True: "∞", False: f"{MINUS}∞"}[value > 0] if value == value else ABSENT
    if abs(value) >= 1e6:
        return f"{value:.3g}".replace("-", MINUS)
    if digits and value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.1g}".replace("-", MINUS)
    text = f"{value:.{digits}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def coefficient(value: float | None, digits: int = 2) -> str:
    """`0.738` -> `.74`; a magnitude of 1 or more keeps its whole part. Never more than `digits` decimals."""
    if value is None or value != value:
        return ABSENT
    text = f"{value:.{digits}f}"
    if not text.strip("-0."):
        return f".{'0' * digits}"
    sign, text = (MINUS, text[1:]) if text.startswith("-") else ("", text)
    return sign + (text[1:] if text.startswith("0") else text)


def p_value(value: float | None) -> str:
    """`0.0004` -> `< .001`, `0.0123` -> `.012`, `1.0` -> `> .999`; near .05 as many digits as tell the side."""
    if value is None or value != value:
        return ABSENT
    if value < 0.001:
        return "< .001"
    if value > 0.9994:
        return "> .999"
    # `.050` for .0496 would read as "not below .05".
    digits = next((n for n in (3, 4, 5) if value == 0.05 or f"{value:.{n}f}" != f"{0.05:.{n}f}"), None)
    if digits is None:
        return "< .050" if value < 0.05 else "> .050"
    return coefficient(value, digits)


def p_equation(value: float | None) -> str:
    """`p = .012` or `p < .001`, with spaces that do not break."""
    text = p_value(value)
    return f"p {text}".replace(" ", NO_BREAK) if text[0] in "<>" else f"p = {text}".replace(" ", NO_BREAK)


def interval(low: float | None, high: float | None, digits: int = 2, *, zero: bool = False) -> str:
    """`[.66, .80]`; with `zero` the leading zeros stay. The dash stands for an interval that is not there."""
    if low is None or high is None:
        return ABSENT
    show = number if zero else coefficient
    return f"[{show(low, digits)},{NO_BREAK}{show(high, digits)}]"


def whole(value: int | None) -> str:
    """`12345` -> `12,345` with a thin no-break space, which no language reads as a decimal sign."""
    return ABSENT if value is None else f"{value:,}".replace(",", "\u202f").replace("-", MINUS)


def percent(share: float | None, digits: int = 0) -> str:
    """`0.153` -> `15 %`. A share that is not 0 is never shown as 0, one below 1 never as 100."""
    if share is None or share != share:
        return ABSENT
    step = 10.0**-digits
    text = f"{100 * share:.{digits}f}"
    if 0 < share < 1 and float(text) in (0.0, 100.0):
        text = f"< {step:g}" if share < 0.5 else f"> {100 - step:g}"
    return f"{text}{NO_BREAK}%"


def clock(ms: int | None) -> str:
    """`3_723_004` -> `1:02:03.004`."""
    return ABSENT if ms is None else format_ms(round(ms))


def length(ms: float | None) -> str:
    """A duration a person can grasp: `640 ms`, `12.3 s`, `4:05 min`, `1:02:03 h`."""
    if ms is None or ms != ms:
        return ABSENT
    sign, ms = (MINUS, -ms) if ms < 0 else ("", ms)
    if ms < 1000:
        return f"{sign}{ms:.0f}{NO_BREAK}ms"
    if ms < 59_950:
        return f"{sign}{ms / 1000:.1f}{NO_BREAK}s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    if minutes < 60:
        return f"{sign}{minutes}:{seconds:02d}{NO_BREAK}min"
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{seconds:02d}{NO_BREAK}h"
