"""Codes as subtitles on the video: WebVTT and SRT, read and written."""
