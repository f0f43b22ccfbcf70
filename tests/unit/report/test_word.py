"""tables.docx and methods.md: the words and numbers of the report, in the form of a paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile

import pytest
from docx import Document
from sample_results import codebook, sample_results

from elancry.report.content import build_report
from elancry.report.docx import render_docx, tables_of
from elancry.report.markdown import render_methods
from elancry.report.methods_text import methods_text
from elancry.report.names import Names
from elancry.report.view import View
from elancry.report.words import Words

CREATED = "2026-11-23T08:00:00Z"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def report(sample):
    return build_report(sample)


@pytest.fixture(scope="module")
def document(written):
    return Document(str(written / "tables.docx"))


def marked(report):
    return [table for section in report.sections for table in tables_of(section.blocks)]


def test_every_marked_table_is_there_with_its_number_title_and_cells(report, document):
    tables = marked(report)
    assert len(document.tables) == len(tables) > 8
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    for number, (table, made) in enumerate(zip(tables, document.tables, strict=True), 1):
        assert paragraphs[paragraphs.index(f"Table {number}") + 1] == table.caption
        assert [cell.text for cell in made.rows[0].cells] == [head.text for head in table.heads]
        body = [tuple(cell.text for cell in row.cells) for row in made.rows[1:]]
        plain = [row for row in body if len(set(row)) > 1 or row in table.rows]
        assert [row for row in plain if row in table.rows] == list(table.rows)
    kinds = {table.id.split("-")[0] for table in tables}
    assert {"agreement", "ratings", "cooccurrence", "models", "coefficients"} <= kinds


def test_statistics_of_the_head_are_italic_and_no_other_word(document, report):
    for table, made in zip(marked(report), document.tables, strict=True):
        for head, cell in zip(table.heads, made.rows[0].cells, strict=True):
            made_of = [(run.text, bool(run.italic)) for run in cell.paragraphs[0].runs if run.text]
            symbol, words = head.text.split(" ", 1) if head.statistic and " " in head.text else (head.text, "")
            assert made_of == [(symbol, head.statistic), *([(f" {words}", False)] if words else [])] or not head.text
    assert any(head.text == "p Holm" for table in marked(report) for head in table.heads)


def test_no_p_and_no_coefficient_of_agreement_has_a_leading_zero(document):
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "< .001" in text
    assert not re.search(r"[<>=] 0\.\d", text)
    agreement = document.tables[0]
    assert not re.search(r"(^|[\[ ])0\.\d", "\n".join(row.cells[1].text for row in agreement.rows))


def test_lines_lie_above_and_below_the_head_and_at_the_foot_and_none_is_vertical(document):
    for table in document.tables:
        rows = [
            [{line.tag.removeprefix(W) for line in borders} for borders in row._tr.iter(f"{W}tcBorders")]
            for row in table.rows
        ]
        assert all(sides == {"top", "bottom"} for sides in rows[0])
        assert rows[0]
        assert all(sides == {"bottom"} for sides in rows[-1])
        assert not any(rows[1:-1])


def test_the_starter_note_stands_in_the_word_file_too(document):
    assert any("are a starting point written for this software" in paragraph.text for paragraph in document.paragraphs)


def test_markup_formulas_and_control_characters_are_text(tmp_path):
    nasty = '=HYPERLINK("http://x") <w:p/> & \x07 ]]>'
    data = render_docx(build_report(sample_results(book=codebook(first_form=nasty))), created=CREATED)
    assert data is not None
    document = Document(io.BytesIO(data))
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "'" + nasty.replace("\x07", "\ufffd") in text
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert not {cell for cell in cells if cell.startswith("=")}
    assert b"fldChar" not in zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml")


def test_the_same_report_gives_the_same_archive(report):
    first = render_docx(report, created=CREATED)
    assert first == render_docx(report, created=CREATED)
    assert first is not None
    dates = {item.date_time for item in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_without_tables_there_is_no_word_file(sample):
    import dataclasses

    assert render_docx(build_report(dataclasses.replace(sample, tables={})), created=CREATED) is None


def test_libreoffice_opens_it_and_prints_its_words(written, document, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    reader = shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("no LibreOffice with pdftotext on this machine: tables.docx was not opened in it")
    subprocess.run(
        [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(written / "tables.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = subprocess.run(
        [reader, "-layout", str(tmp_path / "tables.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    lines = text.splitlines()
    tables = document.tables
    assert [n for n in range(1, len(tables) + 1) if f"Table {n}" not in {line.strip() for line in lines}] == []
    assert text.count("\f") < len(tables), "tables share pages"
    # An interval that did not fit its column would be torn over two lines.
    intervals = {cell.text for made in tables for row in made.rows for cell in row.cells if cell.text.startswith("[")}
    assert len(intervals) > 20
    assert [cell for cell in intervals if cell.replace("\u00a0", " ") not in text.replace("\u00a0", " ")] == []
    assert "exploring emotions" in text.lower()


def test_methods_are_markdown_whose_labels_are_no_markup(sample):
    results = sample_results(book=codebook(form_label="*a* | <b>b</b> _c_"))
    words = Words("en")
    told = methods_text(View(results, Names(results.codebook, words), words))
    text = render_methods(build_report(results), told)
    assert text.startswith("# Crying in psychotherapy\n")
    assert "\\*a\\* \\| \\<b\\>b\\</b\\> \\_c\\_" in text
    assert "| criterion | \\[0.6\\] | default |" in text
    assert "## Provenance" in text
    assert "\n## " in text
    assert "alpha = " not in text.split("## Methods")[1].split("## Provenance")[0]
