"""CHAT transcripts of CLAN, read and written where their tiers can hold it."""
