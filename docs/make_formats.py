"""Write the generated part of docs/formats.md from the formats themselves. A test says when it is out of date."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from elancry.interop.format import Format
from elancry.interop.formats import documented_names, load_format
from elancry.texts import Text

PAGE = Path(__file__).parent / "formats.md"
BEGIN = "<!-- Begin of what docs/make_formats.py writes from the code; do not edit. -->"
END = "<!-- End of what docs/make_formats.py writes. -->"
_MANY = 10


def generated() -> str:
    """The table of formats, what they lose in common, and what each loses of its own."""
    formats = [load_format(name) for name in documented_names()]
    common = _common(formats)
    parts = [
        BEGIN,
        "",
        "| name | format | suffix | from | to | many recordings in one file |",
        "|---|---|---|---|---|---|",
    ]
    parts += [
        f"| `{form.name}` | {form.title.into('en')} | {_suffixes(form)} | {_yes(form.read)} | "
        f"{_yes(form.write or form.gather)} | {_yes(form.gather)} |"
        for form in formats
    ]
    parts += ["", "### What most of them lose", "", *(f"- {sentence}" for sentence in common), ""]
    told: set[tuple[tuple[Text, ...], tuple[Text, ...]]] = set()
    for form in formats:
        words = tuple(form.loses), tuple(form.not_understood)
        if words in told:
            continue
        told.add(words)
        alike = [item.title.into("en") for item in formats if (tuple(item.loses), tuple(item.not_understood)) == words]
        parts += [f"### {'; '.join(alike)}", ""]
        own = [sentence.into("en") for sentence in form.loses]
        if set(common) <= set(own):
            rest = [sentence for sentence in own if sentence not in common]
            own = ["Everything in [the list above](#what-most-of-them-lose).", *rest]
        parts += _listed("Lost from an .eaf file:", own)
        parts += _listed(
            "Not carried over into an .eaf file:", [sentence.into("en") for sentence in form.not_understood]
        )
    parts.append(END)
    return "\n".join(parts)


def page(text: str) -> str:
    """`text`, the page, with its generated part as the code has it today."""
    before, _, rest = text.partition(BEGIN)
    return before + generated() + rest.partition(END)[2]


def _common(formats: Iterable[Format]) -> list[str]:
    """The sentences that all formats with many losses share, in their order."""
    many = [[sentence.into("en") for sentence in form.loses] for form in formats if len(form.loses) >= _MANY]
    return [sentence for sentence in many[0] if all(sentence in losses for losses in many)]


def _listed(title: str, sentences: Iterable[str]) -> list[str]:
    items = [f"- {sentence}" for sentence in sentences]
    return [title, "", *items, ""] if items else []


def _suffixes(form: Format) -> str:
    return ", ".join(f"`{suffix}`" for suffix in form.suffixes)


def _yes(function: object) -> str:
    return "yes" if function is not None else ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
