"""The methods as Markdown, to be taken into a paper and edited there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from elancry.report.blocks import Block, Bullets, Fold, Heading, Report, Section, Table, Text

# Characters that Markdown (or HTML inside it) would read as markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def render_methods(report: Report) -> str:
    """What was done on what, the methods and the provenance as a Markdown text; other sections are not part of it."""
    wanted = [section for section in report.sections if section.id in ("study", "methods", "provenance")]
    return f"# {_text(report.title)}\n\n" + "\n".join(_section(section) for section in wanted)


def _section(section: Section) -> str:
    return f"## {_text(section.title)}\n\n{_blocks(section.blocks)}"


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    if isinstance(block, Text):
        lead = f"**{_text(block.title)}** " if block.title else ""
        return f"{lead}{_text(block.text)}\n\n"
    if isinstance(block, Bullets):
        lines = (f"- **{_text(lead)}** {_text(text)}\n" if lead else f"- {_text(text)}\n" for lead, text in block.items)
        return "".join(lines) + "\n"
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_text(block.text)}\n\n"
    if isinstance(block, Fold):
        return _blocks(block.blocks)
    if isinstance(block, Table):
        return _table(block)
    return ""


def _table(table: Table) -> str:
    rows = [[head.text for head in table.heads], *table.rows]
    lines = [f"| {' | '.join(_text(cell) for cell in row)} |" for row in rows]
    rule = "|" + "|".join(" ---: " if head.numeric else " --- " for head in table.heads) + "|"
    return f"{_text(table.caption)}\n\n" + "\n".join([lines[0], rule, *lines[1:]]) + "\n\n"


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
