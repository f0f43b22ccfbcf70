"""A study under pseudonyms: the same files without names, from which everything is computed and written."""
