"""JSON of the W3C Web Annotation model, read and written."""
