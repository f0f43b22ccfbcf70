"""The command line: one thin file per command (parse, call, show). Heavy imports happen inside the commands."""
