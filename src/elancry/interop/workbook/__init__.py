"""Excel workbooks: the rows of a sheet, and tables of annotations in them."""
