"""Where the stages meet: plan, run, results."""
