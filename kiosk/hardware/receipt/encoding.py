"""Text as a receipt printer can print it: ASCII, folded at the paper's width between words.

Code pages differ between models that claim to be alike (a curly quote came out as U+FFFD on a TM-T20III that was driven as
a TM-T20II), so nothing outside ASCII is sent.
"""

import textwrap
import unicodedata

_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "·": "-", "\u00a0": " "}
)


def to_ascii(text: str) -> str:
    """``Kadé’`` → ``Kade'``; what has no plain form becomes ``?``."""
    flat = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = "".join(character for character in flat if not unicodedata.combining(character))
    return kept.encode("ascii", "replace").decode()


def fold(text: str, columns: int) -> list[str]:
    """Lines of at most ``columns`` characters; a word longer than that is broken."""
    return textwrap.wrap(to_ascii(text), columns, break_long_words=True) or [""]
