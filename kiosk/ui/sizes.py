"""Every length on screen in millimetres, from the panel's diagonal.

Sources: Colle & Hiszem 2004 (20 mm keys), ADA 707 (capitals 4.8 mm), EN 301 549 §5.1.4 (6.1 mm at half a metre). The font's
capitals are 0.668 em high (measured on Atkinson Hyperlegible Next).
"""

import math
from dataclasses import dataclass

MM_PER_INCH = 25.4
CAPITAL_EM = 0.668
CAPITAL_MM, CAPITAL_LARGE_MM = 4.8, 6.1
REACH_MM, SEATED_REACH_MM, LEAST_REACH_MM = 1200.0, 1000.0, 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSize:
    """``bottom_mm``: how high the panel's lower edge hangs above the floor."""

    diagonal_inch: float
    width: int
    height: int
    bottom_mm: float = 700.0

    @property
    def reach_mm(self) -> float:
        """From the panel's lower edge to as high as a standing hand must go."""
        return max(REACH_MM - self.bottom_mm, LEAST_REACH_MM)

    @property
    def low_reach_mm(self) -> float:
        """The same from a wheelchair."""
        return max(SEATED_REACH_MM - self.bottom_mm, LEAST_REACH_MM)

    @property
    def px_per_mm(self) -> float:
        return math.hypot(self.width, self.height) / (self.diagonal_inch * MM_PER_INCH)

    @property
    def portrait(self) -> bool:
        return self.height > self.width


def device_css(panel: PanelSize, *, accent: str = "", pattern: str = "batik") -> str:
    """``:root`` lengths: ``--mm``, the root font for normal and large text, how high hands reach; the place's colours."""
    mm = panel.px_per_mm
    normal, large = (_up(mm * capital / CAPITAL_EM) for capital in (CAPITAL_MM, CAPITAL_LARGE_MM))
    sizes = f"--mm:{mm:.3f}px;--reach:{panel.reach_mm:.0f};font-size:{normal:.1f}px"
    colour = f":root:not(.kontras){{--main:{accent}}}\n" if accent else ""
    return (
        f":root{{{sizes};--pattern:url(/static/pictures/{pattern}.svg)}}\n:root.besar{{font-size:{large:.1f}px}}\n"
        f":root.rendah{{--reach:{panel.low_reach_mm:.0f}}}\n{colour}"
    )


def _up(px: float) -> float:
    """To the next tenth of a pixel: a capital may be larger than the rule, never smaller."""
    return math.ceil(px * 10) / 10
