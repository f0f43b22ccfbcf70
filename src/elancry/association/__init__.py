"""Association between rating systems: pure numbers on arrays.

Co-occurrence in time, sequences of events, regressions over sequences, set correlation, multiplicity. Nothing here
reads a file or knows a codebook; `elancry.study.associate.rows` brings the data here and the numbers into tables.
"""
