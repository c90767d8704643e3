"""IKM, the satisfaction index (Permenpan-RB 14/2017; domain reference §2.7): nine unsur, 1–4, weight exactly 1/9."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

UNSUR = 9
_GRADES = (("A", Decimal("88.31")), ("B", Decimal("76.61")), ("C", Decimal("65.00")), ("D", Decimal("25.00")))


@dataclass(frozen=True, slots=True)
class Ikm:
    """``value`` 25.00–100.00, rounded to two decimals before it is graded."""

    value: Decimal
    grade: str


def ikm(rows: Sequence[Sequence[int | None]]) -> Ikm | None:
    """The index of answered questionnaires; a skipped unsur (None) does not count. None when some unsur has no answer.

    Raises:
        ValueError: a row is not nine answers of 1–4 or None.
    """
    for row in rows:
        if len(row) != UNSUR or not all(score is None or score in (1, 2, 3, 4) for score in row):
            raise ValueError("a row is nine answers of 1 to 4, or None")
    columns = [[score for score in column if score is not None] for column in zip(*rows, strict=True)]
    if not columns or not all(columns):
        return None
    total = sum(Fraction(sum(column), len(column)) for column in columns) * Fraction(25, UNSUR)
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    value = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Ikm(value, next(grade for grade, least in _GRADES if value >= least))
