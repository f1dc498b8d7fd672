"""The ledger in words: the one place where the report judges, and it says no more than the ledger does."""

from __future__ import annotations

from clpipe.evaluation.ledger import Entry, Needed
from clpipe.report import wording

STATEMENTS = {
    "learned": "{arm} learns its task: it ends above {against}, its control with shuffled labels",
    "rose": "{arm} ends above its own start",
    "format": "{arm} gains without right answers: {against}, its control with shuffled labels, ends above the start",
    "better": "{arm} ends above {against}",
}
HOLDS = {
    "learned": "{arm} learned its task: with right answers it ends {gap} above its control with shuffled labels.",
    "rose": "{arm} answers more of the tasks it never learned from: {gap} from its start to its end.",
    "format": "{arm} gains form without right answers: its control with shuffled labels ends {gap} above the start.",
    "better": "{arm} ends {gap} above {against}.",
}
NOT = {
    "learned": "{arm} did not learn its task by {least} or more: with right answers it ends {gap} from its control "
    "with shuffled labels.",
    "rose": "{arm} did not gain {least} or more: {gap} from its start to its end.",
    "format": "{arm} gains less than {least} without right answers: its control with shuffled labels ends {gap} from "
    "the start.",
    "better": "{arm} does not end {least} or more above {against}: {gap}.",
}
UNTOLD = {
    "learned": "Whether {arm} learned its task cannot be told with this much data: with right answers it ends {gap} "
    "from its control with shuffled labels.",
    "rose": "Whether {arm} gained anything cannot be told with this much data: {gap} from its start to its end.",
    "format": "Whether {arm} gains anything without right answers cannot be told with this much data: its control with "
    "shuffled labels ends {gap} from the start.",
    "better": "Whether {arm} ends above {against} cannot be told with this much data: {gap}.",
}
SAID = {"holds": HOLDS, "does not hold": NOT, "cannot be told": UNTOLD}


def statement(says: str, arm: str, against: str | None) -> str:
    """The hypothesis in words."""
    return STATEMENTS[says].format(arm=arm, against=against)


def sentence(entry: Entry, smallest: float) -> str:
    """What may be said of it; `smallest` is the smallest difference worth having, a fraction."""
    found = entry.finding
    words = SAID[entry.verdict][found.says].format(
        arm=found.arm,
        against=found.against,
        gap=wording.points(found.interval),
        least=f"{100 * smallest:g} points",
    )
    unmet = [condition.wanted for condition in found.conditions if not condition.met]
    if entry.verdict == "cannot be told" and found.interval.low > 0 and unmet:
        words += f" Not met: {'; '.join(unmet)}."
    if found.seeds == 1:
        words += " With one seed nothing is known of other orders and starts."
    if entry.needed is not None:
        words += f" {needed(entry.needed, found.templates is not None)}"
    return words


def needed(study: Needed, wordings_known: bool = True) -> str:
    """How much data would tell."""
    wordings = f" in {wording.grouped(study.templates)} wordings" if wordings_known else ""
    return f"About {wording.grouped(study.tasks)} tasks{wordings} and {wording.seeds(study.seeds)} would tell."
