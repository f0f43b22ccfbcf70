"""Planning: how many sessions, raters and double-coded sessions a study needs, by simulation."""
