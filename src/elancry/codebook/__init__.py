"""What may be coded: the codebook, read from YAML or out of coded files."""
