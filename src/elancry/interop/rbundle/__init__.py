"""A bundle for R: tables with a script that reads them."""
