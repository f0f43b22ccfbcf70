"""Changing coded files on purpose: onto a revised codebook, or many at once; always into copies."""
