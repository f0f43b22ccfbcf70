"""The figures, one module a family: rows of the result tables in, matplotlib figures out, no pyplot state."""
