"""VCode's text export, and the coding standard PrefLookTimestamp of looking-time laboratories, which uses it."""
