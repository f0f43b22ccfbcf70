"""BORIS: projects and event tables, read and written."""
