"""One line that moves on a terminal; plain lines, not too many, where there is none."""

from __future__ import annotations

import sys
import time

QUIET_SECONDS = 10.0


class Progress:
    """Counts steps of known number and says how long the rest will take."""

    def __init__(self, label: str, total: int, done: int = 0) -> None:
        self.label, self.total, self.done = label, total, done
        self._first, self._started, self._said = done, time.monotonic(), 0.0
        self._terminal = sys.stderr.isatty()

    def advance(self, note: str = "", steps: int = 1) -> None:
        """Count `steps` more, with a note such as the last loss."""
        self.done += steps
        now = time.monotonic()
        if self._terminal or now - self._said >= QUIET_SECONDS or self.done >= self.total:
            self._said = now
            self._say(note, now)

    def _say(self, note: str, now: float) -> None:
        fresh = self.done - self._first
        seconds = now - self._started
        left = seconds / fresh * (self.total - self.done) if fresh else 0.0
        text = f"{self.label}  {self.done}/{self.total}  {_clock(seconds)} gone, {_clock(left)} left  {note}"
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if self.done >= self.total else ""))
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
