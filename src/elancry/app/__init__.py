"""The local page: the whole path by clicking, in the user's own browser, from this machine alone.

The page computes nothing and knows no rule of its own. What it shows is what the commands say, and what it starts are
the commands, each as a process of its own.
"""
