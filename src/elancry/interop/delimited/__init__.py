"""Tables with commas or tabs, ELAN's own export among them, read and written."""
