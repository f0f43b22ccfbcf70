"""What the declared tables mean: every column has its text, and no text speaks of a column that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import elancry
from elancry.merge.worklist import WORKLIST
from elancry.table.schema import AGREEMENT, ANNOTATIONS, CONFUSION, POWER, RESULT_TABLES
from elancry.texts import known, languages

TABLES = (ANNOTATIONS, WORKLIST, POWER, *RESULT_TABLES)
CATALOGUE = Path(elancry.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "elancry.po"


def test_every_table_and_every_column_says_what_it_holds_in_every_language():
    texts = {text for table in TABLES for text in (table.title, *map(table.meaning, table.columns))}
    assert [(text.code, language) for text in texts for language in languages() if not known(text.code, language)] == []


def test_every_meaning_in_the_catalogue_is_that_of_a_column():
    asked = {text.code for table in TABLES for text in (table.title, *map(table.meaning, table.columns))}
    written = re.findall(r'^msgid "((?:column|table)\..*)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(written) - asked) == []


def test_a_meaning_is_the_tables_own_where_it_has_one():
    (own,) = (column for column in AGREEMENT.columns if column.name == "category")
    assert AGREEMENT.meaning(own).into("en") == "category, against all others; empty: all categories"
    (shared,) = (column for column in CONFUSION.columns if column.name == "criterion")
    assert CONFUSION.meaning(shared).code == "column.criterion"
    assert CONFUSION.meaning(shared).into("de") == "Überlappung, ab der zwei Ereignisse als zugeordnet gelten"
