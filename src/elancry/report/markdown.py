"""The methods as Markdown, to be taken into a paper and edited there.

The paragraphs for a paper come first and keep their citation keys, so that pandoc finds them in `methods.bib`; what was
done on what, the settings and the versions follow as a supplement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from elancry.report.blocks import Block, Bullets, Fold, Heading, Report, Section, Table, Text
from elancry.report.methods_text import MethodsText
from elancry.report.references import CITATION, keys_of

# Characters that Markdown (or HTML inside it) would read as markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def render_methods(report: Report, methods: MethodsText) -> str:
    """The paragraphs, what was done on what, the methods and the provenance as a Markdown text; nothing else."""
    wanted = [section for section in report.sections if section.id in ("study", "methods", "provenance")]
    paper = [f"## {_text(methods.heading)}\n\n{_text(methods.lead)}\n\n"]
    paper += [f"**{_text(title)}** {_citing(text, methods)}\n\n" for title, text in methods.paragraphs]
    return f"# {_text(report.title)}\n\n" + "\n".join(
        ["".join(paper), *(_section(section, methods) for section in wanted)]
    )


def _section(section: Section, methods: MethodsText) -> str:
    own = {title for title, _ in methods.paragraphs}
    heading = (methods.heading,)
    # The paragraphs stand above, with their keys.
    blocks = [
        block
        for block in section.blocks
        if not (isinstance(block, Text) and block.title in own)
        and not (isinstance(block, Heading) and block.text in heading)
    ]
    return f"## {_text(section.title)}\n\n{_blocks(blocks)}"


def _citing(text: str, methods: MethodsText) -> str:
    """`text` without markup but for its citation keys."""
    found = [match for match in CITATION.finditer(text) if methods.works.keys() >= set(keys_of(match))]
    ends = [0, *(end for match in found for end in match.span()), len(text)]
    parts = [text[start:end] for start, end in pairwise(ends)]
    return "".join(part if index % 2 else _escaped(part) for index, part in enumerate(parts))


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
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
