"""Other formats and other programs: documents to and from pympi, and the formats that ELAN users meet."""
