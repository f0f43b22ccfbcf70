"""How far raters agree: coefficients as pure functions of arrays, their intervals and the words for their levels."""
