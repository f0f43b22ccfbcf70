"""Changing a document: one small editor for each kind of thing in it, all over one tree; `editor` holds them."""
