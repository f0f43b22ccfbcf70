"""Which word describes a coefficient? The word that its uncertainty supports, not the word of the estimate.

A scale gives words to ranges. The word printed is that of the highest range whose lower bound lies below the one-sided
95 % limit of the coefficient: the coefficient is at least that good with 95 % confidence. Where an analytic standard
error exists, `benchmark` gives Gwet's cumulative membership probabilities, which lead to the same rule.

References
    Landis & Koch (1977) Biometrics 33:159; Koo & Li (2016) J Chiropr Med 15:155; Gwet (2014) Handbook of Inter-Rater
    Reliability, 4th ed., ch. 6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from elancry.agreement.estimate import CONFIDENCE


@dataclass(frozen=True, slots=True)
class Scale:
    """Words from the lowest to the highest range; `bounds[i]` is the lower bound of `words[i + 1]`."""

    name: str
    words: tuple[str, ...]
    bounds: tuple[float, ...]

    def word_from_limit(self, one_sided_low: float) -> str:
        """Word of the highest range whose lower bound lies below the one-sided 95 % limit.

        `one_sided_low` is a coefficient, at most 1.
        """
        return self.words[sum(bound < one_sided_low for bound in self.bounds)]

    def benchmark(self, estimate: float, standard_error: float) -> str:
        """Gwet's word: the highest range whose cumulative membership probability exceeds .95.

        The coefficient is taken as normal around `estimate` and cut off at -1 and 1.

        `standard_error` is that of the coefficient; 0 leaves no doubt about the word (Gwet 2014, ch. 6).
        """
        if standard_error <= 0:
            return self.word_from_limit(estimate)

        def below(x: float) -> float:
            return 0.5 * math.erfc(-(x - estimate) / standard_error / math.sqrt(2))

        inside = below(1.0) - below(-1.0)
        for bound, word in zip(reversed(self.bounds), reversed(self.words), strict=False):
            if inside > 0 and (below(1.0) - below(bound)) / inside > CONFIDENCE:
                return word
        return self.words[0]


LANDIS_KOCH = Scale(
    "Landis & Koch (1977)",
    ("poor", "slight", "fair", "moderate", "substantial", "almost perfect"),
    (0.0, 0.2, 0.4, 0.6, 0.8),
)
KOO_LI = Scale("Koo & Li (2016)", ("poor", "moderate", "good", "excellent"), (0.5, 0.75, 0.9))
