"""Datavyu: its own files (.opf) and the spreadsheets that it exports."""
