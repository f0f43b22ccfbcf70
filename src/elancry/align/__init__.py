"""What is compared with what: sequences across raters, timelines, events, ratings, consensus."""
