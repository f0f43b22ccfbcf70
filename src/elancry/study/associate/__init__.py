"""The association part of a study: from what is lined up to scores, co-occurrence, sequences, regressions."""
