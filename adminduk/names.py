"""Names. A *new* name obeys Permendagri 73/2022 (domain reference §4); an *existing* one stays as its documents have it."""

import re
import unicodedata

from adminduk.verdict import Verdict, refused

LONGEST = 60
_NEW = re.compile(r"[A-Za-z ]+")
# Letters (accents allowed on old papers), marks, space and . , ' - / as they stand on older documents.
_PUNCTUATION = frozenset(" .,'’-/")


def tidy(text: str) -> str:
    """One space between words, none around."""
    return " ".join(text.split())


def check_new(text: str) -> Verdict:
    """A name being given now. Errors: ``wajib_diisi``, ``bukan_huruf_latin``, ``lebih_60``, ``kurang_2_kata``."""
    name = tidy(text)
    if not name:
        return refused("wajib_diisi")
    if not _NEW.fullmatch(name):
        return refused("bukan_huruf_latin")
    if len(name) > LONGEST:
        return refused("lebih_60")
    return Verdict(value=name) if " " in name else refused("kurang_2_kata")


def check_existing(text: str) -> Verdict:
    """A name as documents have it. Errors: ``janggal`` (empty, digits, control or foreign signs), ``lebih_60``."""
    name = tidy(text)
    if not any(character.isalpha() for character in name) or not all(map(_is_plain, name)):
        return refused("janggal")
    return Verdict(value=name) if len(name) <= LONGEST else refused("lebih_60")


def _is_plain(character: str) -> bool:
    return character in _PUNCTUATION or (
        unicodedata.category(character) in ("Lu", "Ll") and "LATIN" in unicodedata.name(character, "")
    )


def same(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spaces; never demand more than this."""
    return tidy(one).casefold() == tidy(other).casefold()
