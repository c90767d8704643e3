"""Every length on screen in millimetres, from the panel's diagonal.

Sources: Colle & Hiszem 2004 (20 mm keys), ADA 707 (capitals 4.8 mm), EN 301 549 §5.1.4 (6.1 mm at half a metre). The font's
capitals are 0.668 em high (measured on Atkinson Hyperlegible Next).
"""

import math
from dataclasses import dataclass

MM_PER_INCH = 25.4
CAPITAL_EM = 0.668
CAPITAL_MM, CAPITAL_LARGE_MM = 4.8, 6.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSize:
    diagonal_inch: float
    width: int
    height: int

    @property
    def px_per_mm(self) -> float:
        return math.hypot(self.width, self.height) / (self.diagonal_inch * MM_PER_INCH)

    @property
    def portrait(self) -> bool:
        return self.height > self.width


def device_css(panel: PanelSize) -> str:
    """``:root`` lengths: ``--mm``, and the root font for normal and large text."""
    mm = panel.px_per_mm
    normal, large = (mm * capital / CAPITAL_EM for capital in (CAPITAL_MM, CAPITAL_LARGE_MM))
    return f":root{{--mm:{mm:.3f}px;font-size:{normal:.1f}px}}\n:root.besar{{font-size:{large:.1f}px}}\n"
