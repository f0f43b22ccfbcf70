"""Columns of the Word tables: no number is broken, labels are pressed last, the page turns only where it must."""

from __future__ import annotations

import pytest

from elancry.report.blocks import Head, Table
from elancry.report.column_widths import LANDSCAPE, PADDING, PORTRAIT, column_layout, text_width

LABEL = "initiating a change of topic / ending the session"


def table(numbers: int, label: str = LABEL, cell: str = "[−0.23, 0.65]") -> Table:
    heads = (Head("Predictor"), *(Head("95 % CI", numeric=True) for _ in range(numbers)))
    return Table("t", "T", heads, ((label, *[cell] * numbers),) * 3)


@pytest.mark.parametrize("numbers", [1, 4, 6, 8, 10, 14])
def test_every_number_stands_on_one_line_and_the_table_on_the_page(numbers):
    layout = column_layout(table(numbers))
    assert sum(layout.widths) <= (LANDSCAPE if layout.landscape else PORTRAIT) + 0.01
    if numbers <= 10:
        assert all(width >= text_width("[−0.23, 0.65]", layout.size) + PADDING for width in layout.widths[1:])


def test_the_page_turns_and_the_letters_shrink_only_where_they_must():
    made = [column_layout(table(numbers)) for numbers in (2, 5, 7, 20)]
    assert [(layout.size, layout.landscape) for layout in made] == [(10, False), (10, False), (10, True), (8, True)]


def test_a_label_breaks_between_words_never_inside_one():
    word = "Gegenwartsqualitätswahrnehmung"
    layout = column_layout(table(5, f"{word} und {word} und {word}"))
    assert layout.widths[0] >= text_width(word, layout.size) + PADDING
    assert layout.widths[0] < text_width(f"{word} und {word}", layout.size)


def test_letters_are_reckoned_wide_enough():
    """Widths of Times New Roman at 10 pt: a digit is half an em (1.76 mm), W is .94, m .78."""
    assert text_width("46", 10) >= 2 * 1.76
    assert text_width("m", 10) >= 0.78 * 3.527
    assert text_width("substantial", 10, bold=True) > text_width("substantial", 10)
