"""What a consensus meeting decides, written into the merged files."""
