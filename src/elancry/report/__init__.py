"""The report: what a study run found, shown as one HTML page, figures and Word tables. Nothing is computed here."""
