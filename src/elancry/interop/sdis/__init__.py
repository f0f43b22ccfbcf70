"""GSEQ: timed event data in the language SDIS, read and written."""
