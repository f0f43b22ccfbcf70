"""The agreement part of a study: from what is lined up to the rows of the agreement and confusion tables."""
