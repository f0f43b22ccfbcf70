"""What came back from the raters, and may we trust it: findings, and the coding that the numbers are made from."""
