"""Many raters -> one document per session that opens in ELAN for the consensus meeting."""
