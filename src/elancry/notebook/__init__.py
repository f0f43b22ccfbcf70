"""The whole path for Python users: a study as an object, results as tables and figures that a notebook shows."""
