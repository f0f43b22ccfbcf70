"""The table that describes the scores before anything is tested with them."""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

DESCRIPTIVES = TableSchema(
    "descriptives",
    "What the scores of the sequences are like, before anything is tested",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("category", Kind.TEXT, "category; `uncoded` is the share of time without any"),
        Column("score", Kind.TEXT, "`rating`, `share`, ...: the mean over the raters who coded a sequence"),
        Column("n_sequences", Kind.INTEGER, "sequences that have the score"),
        Column("n_sessions", Kind.INTEGER, "sessions that they come from"),
        Column("n_above_zero", Kind.INTEGER, "sequences in which the score is above 0"),
        Column("mean", Kind.NUMBER, "mean over sequences"),
        Column("sd", Kind.NUMBER, "standard deviation over sequences, n - 1; empty for one sequence"),
        Column("median", Kind.NUMBER, "median over sequences"),
        Column("minimum", Kind.NUMBER, "smallest score"),
        Column("maximum", Kind.NUMBER, "largest score"),
    ),
)
