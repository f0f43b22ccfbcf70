"""ELAN's own extension points: recognizers that run elancry from ELAN's Recognizers tab, and how they get there."""
