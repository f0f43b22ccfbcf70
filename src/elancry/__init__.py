"""elancry carries a video-coding study from codebook to statistics, with ELAN in the middle."""

from __future__ import annotations

__version__ = "0.1.0"
