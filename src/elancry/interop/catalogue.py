"""What a conversion can lose or has to change: the catalogue of `convert-` findings."""

from __future__ import annotations

from elancry.findings import FindingKind, Severity, register

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

KINDS = tuple(
    FindingKind(f"convert-{code}", severity, title, explanation)
    for code, severity, title, explanation in (
        (
            "lost",
            _W,
            "The other format cannot hold something",
            "Part of what the file says about the coding is not in the converted file. The original is unchanged; the "
            "page on formats lists what each format loses.",
        ),
        (
            "left-behind",
            _I,
            "Bookkeeping that the other format has no place for",
            "Ids, linguistic types, author, date and the like, which say nothing about what was coded.",
        ),
        (
            "not-understood",
            _W,
            "Something in the other format was not taken over",
            "The file holds something that an .eaf has no place for, or that elancry does not read.",
        ),
        (
            "tier-split",
            _W,
            "Overlapping annotations moved to further tiers",
            "A tier of ELAN cannot overlap itself. What overlaps was put on a further tier, NAME-2, NAME-3 and so on; "
            "no annotation was cut or dropped.",
        ),
        (
            "tier-renamed",
            _W,
            "A tier got another name",
            "Names of tiers are unique in ELAN and not empty. A name that was taken got a number.",
        ),
        (
            "tier-unknown",
            _W,
            "A tier that was asked for is not in the file",
            "A name given with `--tiers` is no tier of this file.",
        ),
        (
            "point",
            _I,
            "Moments became short annotations",
            "ELAN has no events without length. A moment begins where it was and lasts 40 ms, or less where the next "
            "annotation of the tier begins sooner; only its begin is data.",
        ),
        (
            "character-replaced",
            _W,
            "A character that cannot stand there was replaced",
            "A control character, or another one that the target cannot hold, became U+FFFD or a blank.",
        ),
        (
            "row-skipped",
            _E,
            "A row could not become an annotation",
            "Its times are missing, below 0, or the end lies before the begin; or its text is longer than a million "
            "characters. It is left out.",
        ),
        (
            "text-changed",
            _W,
            "Values had to change a little",
            "The other format cannot hold the text as it stands, such as line breaks or blanks at its edges.",
        ),
        (
            "time-rounded",
            _I,
            "Times rounded to milliseconds",
            "ELAN counts in whole milliseconds; the file holds finer times.",
        ),
        (
            "time-made-up",
            _W,
            "Times were made up",
            "The file does not say when something was; it lies between what came before and after it.",
        ),
        (
            "columns-guessed",
            _W,
            "What columns mean was guessed",
            "The table has no header and not all of begin, end and duration. Export all three from ELAN, or write a "
            "header: tier, start_ms, end_ms, value.",
        ),
        (
            "time-unit-guessed",
            _W,
            "A unit of time was guessed",
            "The columns are called begin and end and hold whole numbers: they were taken for milliseconds. Call them "
            "start_ms and end_ms, or start_s and end_s.",
        ),
        (
            "encoding-guessed",
            _W,
            "Text that is not UTF-8",
            "The file was read as Windows cp1252. If umlauts look wrong, save it as UTF-8 and convert it again.",
        ),
    )
)

register(KINDS)
