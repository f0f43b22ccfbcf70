"""Tables: one row per annotation, and the declaration of every table that is written."""
