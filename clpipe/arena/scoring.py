"""When a reply is right: the normalised first line of it equals the normalised answer, never a part of it.

>>> exact_match("1234", "**1,234.**"), exact_match("4", "14"), exact_match("Yes", "Yes, it did")
(True, False, False)

The same number in other clothes is right (`4.0`, `+4`, `04`, `$4`, `٤` for `4`; `1,234` for `1234`), another
number is not (`-4`, `.4`, `4%`, `<4`, `⁴`). A dash with a space after it is the mark of a list, not a minus.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 500
"""Characters; a longer first line is wrong unless the answer is as long. Bounds the work on a hostile reply."""

_DASHES = str.maketrans({dash: "-" for dash in "\u2010\u2011\u2012\u2013\u2212"} | {"\u2018": "'", "\u2019": "'"})
_MEANINGFUL = frozenset("-%‰‱/&@")  # punctuation by Unicode's book, but `5%` is not `5`
_ORNAMENT = frozenset("`*_+=")
_NUMBER = re.compile(r"(-?)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?", re.ASCII)


def exact_match(answer: str, reply: str) -> bool:
    """Whether the first line with something on it is the answer, after `normalise`.

    An answer of nothing but punctuation (`+`) is compared as it stands; an empty answer is never matched.
    """
    line = _first_line(reply)
    if len(line) > max(LONGEST, 2 * len(answer)):
        return False
    wanted = normalise(answer)
    return line == answer.strip() != "" if not wanted else normalise(line) == wanted


def normalise(text: str) -> str:
    """One line in its plain form: NFKC, lower case, one space between words, no ornament, article or separator."""
    text = _trim(_plain(text))
    for article in ("a ", "an ", "the "):
        if text.startswith(article):
            text = _trim(text.removeprefix(article))
            break
    return _number(text)


def _first_line(reply: str) -> str:
    lines = reply.lstrip().splitlines() if len(reply) <= LONGEST else reply.lstrip().split("\n", 1)
    return lines[0].strip() if lines else ""


def _plain(text: str) -> str:
    # NFKC would make 4² the number 42, so digits that are not decimal digits are first made unequal to any.
    text = "".join("\ufffd" if unicodedata.category(c) == "No" else c for c in text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_DASHES)
    return " ".join("".join(map(_character, text)).split())


def _character(c: str) -> str:
    category = unicodedata.category(c)
    if category == "Cf":
        return ""
    if category == "Cc":
        return " "
    return str(unicodedata.decimal(c)) if category == "Nd" else c


def _trim(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _before(text, start):
        start += 1
    while end > start and (_ornamental(text[end - 1]) or text[end - 1] == " "):
        end -= 1
    # The sign stands before the currency (`-$5`) only where a number follows it.
    kept = text[start:end]
    return "-" + kept[2:] if kept[:1] == "-" and unicodedata.category(kept[1:2] or " ") == "Sc" else kept


def _before(text: str, at: int) -> bool:
    c, following = text[at], text[at + 1 : at + 2]
    if c == "-":
        return following in ("", " ") or following.isalpha()
    if c in ".,":
        return not following.isdigit()
    return c == " " or _ornamental(c)


def _ornamental(c: str) -> bool:
    category = unicodedata.category(c)
    return c in _ORNAMENT or category == "Sc" or (category[0] == "P" and c not in _MEANINGFUL)


def _number(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if not match or not any(c.isdigit() for c in text):
        return text
    whole = match[2].replace(",", "").lstrip("0") or "0"
    part = (match[3] or "").rstrip("0")
    value = f"{whole}.{part}" if part else whole
    return value if value == "0" else match[1] + value
