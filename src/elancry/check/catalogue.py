"""The catalogue of what `check` can find."""
