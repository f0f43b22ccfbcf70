"""A made-up study whose truth is known: to try elancry on, to teach with, and to test the statistics against."""
