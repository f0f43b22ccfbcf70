"""The tables that go into a paper as a Word file in the style of APA 7.

Every table of the report that is marked for Word: number bold, title italic on its own line, rules above, under the
head and below, no vertical lines, notes underneath, statistics in italics. Tables follow each other; one that fits a
page is not torn apart, and only what is too wide lies on a landscape page. The same report gives the same bytes: the
archive carries no clock.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from elancry.defused import defuse
from elancry.report.blocks import Block, Fold, Head, Report, Table, Text
from elancry.report.column_widths import PADDING, Layout, column_layout
from elancry.report.names import printable
from elancry.report.words import Words

FONT = "Times New Roman"
_ALONE = ("-", "+", "=")
WHOLE = 30
"""Rows up to which a table is kept on one page."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def tables_of(blocks: Iterable[Block]) -> Iterator[Table]:
    """The tables marked for Word, in order, folded ones too."""
    for block in blocks:
        if isinstance(block, Fold):
            yield from tables_of(block.blocks)
        elif isinstance(block, Table) and block.word:
            yield block


def render_docx(report: Report, *, created: str) -> bytes | None:
    """The Word file, or `None` where the report has no table for it. `created` (ISO 8601) goes into its properties."""
    words = Words(report.language)
    tables = [table for section in report.sections for table in tables_of(section.blocks)]
    if not tables:
        return None
    document = Document()
    _prepare(document, report, created)
    warnings = [
        block.text
        for section in report.sections
        if section.id == "summary"
        for block in section.blocks
        if isinstance(block, Text) and block.tone == "note"
    ]
    landscape = None
    for number, table in enumerate(tables, 1):
        layout = column_layout(table)
        if layout.landscape is not landscape:
            _page(document, landscape=layout.landscape, first=number == 1)
            landscape = layout.landscape
        if number == 1:
            for text in warnings:
                _write(document.add_paragraph(), text, size=10)
        title = document.add_paragraph()
        title.paragraph_format.space_before = Pt(22 if number > 1 else 8)
        _write(title, words("word.table", number=str(number)), bold=True)
        caption = document.add_paragraph()
        _write(caption, table.caption, italic=True)
        for paragraph in (title, caption):
            paragraph.paragraph_format.keep_with_next = True
        _table(document, table, layout)
        if table.notes:
            note = document.add_paragraph()
            note.paragraph_format.space_before = Pt(4)
            _write(note, words("page.note"), italic=True, size=9)
            _write(note, f" {' '.join(table.notes)}", size=9)
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_clock(buffer.getvalue())


def _prepare(document: Any, report: Report, created: str) -> None:
    style = document.styles["Normal"]
    style.font.name = FONT
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.font.size = Pt(12)
    style.paragraph_format.space_after = Pt(0)
    properties = document.core_properties
    properties.author = "elancry"
    properties.last_modified_by = "elancry"
    properties.comments = ""
    properties.title = printable(report.title)
    properties.language = report.language
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        moment = datetime(*_EPOCH)
    properties.created = properties.modified = moment.replace(tzinfo=None, microsecond=0)


def _page(document: Any, *, landscape: bool, first: bool) -> None:
    section = document.sections[0] if first else document.add_section(WD_SECTION.NEW_PAGE)
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)


def _write(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: float = 12) -> None:
    run = paragraph.add_run(printable(text))
    # Only what differs from the style: every property set costs time, and a study has thousands of cells.
    if bold:
        run.bold = True
    if italic:
        run.italic = True
    run.font.size = Pt(size)


def _table(document: Any, table: Table, layout: Layout) -> None:
    size = layout.size
    grid = document.add_table(rows=1, cols=len(table.heads))
    _fix_columns(grid, layout)
    heads = [cell.paragraphs[0] for cell in grid.rows[0].cells]
    _align(heads, table.heads)
    _fill(heads, table.heads, [head.text for head in table.heads], size, head=True)
    _rule(grid.rows[0], "top", "bottom")
    _property(grid.rows[0], "w:tblHeader")
    body, group = _body_row(grid, table.heads), _group_row(grid)
    for index, cells in enumerate(table.rows):
        if index in table.groups:
            paragraphs = _add_copy(grid, group)
            _write(paragraphs[0], defuse(table.groups[index]), bold=True, size=size)
        _fill(_add_copy(grid, body), table.heads, cells, size, bold=index in table.strong)
    _rule(grid.rows[-1], "bottom")
    # A small table stays in one piece; of a long one the head keeps its first row and the last row its note.
    rows = list(grid.rows)
    together = rows if len(rows) <= WHOLE else [rows[0], rows[1], *rows[-2:]]
    for row in together:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = row is not rows[-1] or bool(table.notes)


def _fix_columns(grid: Any, layout: Layout) -> None:
    """Widths that Word and LibreOffice keep: fixed layout, the grid's columns, and little white beside the text."""
    grid.autofit = False
    for column, width in zip(grid.columns, layout.widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(PADDING / 2 * 56.7)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # The schema wants them before the look; Word and LibreOffice pass over what stands elsewhere.
    look = grid._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)


# python-docx looks for each cell of a new row, and for its width; a copy of a finished row needs neither.


def _body_row(grid: Any, heads: tuple[Head, ...]) -> Any:
    """An empty row of the body, to be copied."""
    row = grid.add_row()
    _align([cell.paragraphs[0] for cell in row.cells], heads)
    return _taken_out(grid, row)


def _group_row(grid: Any) -> Any:
    """An empty row of one cell, which stays with the next row, to be copied."""
    row = grid.add_row()
    row.cells[0].merge(row.cells[-1]).paragraphs[0].paragraph_format.keep_with_next = True
    return _taken_out(grid, row)


def _taken_out(grid: Any, row: Any) -> Any:
    _property(row, "w:cantSplit")
    grid._tbl.remove(row._tr)
    return row._tr


def _add_copy(grid: Any, pattern: Any) -> list[Any]:
    """Add a copy of the row to the table; the first paragraph of each of its cells."""
    row = deepcopy(pattern)
    grid._tbl.append(row)
    return [Paragraph(cell.p_lst[0], grid) for cell in row.tc_lst]


def _align(paragraphs: Iterable[Any], heads: tuple[Head, ...]) -> None:
    for paragraph, column in zip(paragraphs, heads, strict=True):
        if column.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _fill(
    paragraphs: Iterable[Any],
    heads: tuple[Head, ...],
    texts: Iterable[str],
    size: float,
    *,
    head: bool = False,
    bold: bool = False,
) -> None:
    for paragraph, column, text in zip(paragraphs, heads, texts, strict=True):
        if head and column.symbol:
            _write(paragraph, column.symbol, italic=True, size=size)
            text = column.words
        if text or not head:
            number = column.numeric and not head
            # Tables are copied into spreadsheets; a dash alone stands for nothing, in every program.
            _write(paragraph, text if number or text in _ALONE else defuse(text), bold=bold, size=size)


def _rule(row: Any, *sides: str) -> None:
    """A line along `sides` of every cell of the row."""
    for cell in row.cells:
        borders = OxmlElement("w:tcBorders")
        for side in sides:
            line = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", "8"), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{name}"), value)
            borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)


def _property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _without_clock(data: bytes) -> bytes:
    """The same archive with every entry dated 1980, as the format's first day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(item.filename))
    return out.getvalue()
