"""What was met before, exactly, in memory that does not grow: digests in a temporary database that spills to disk.

SHA-256 cut to 128 bits; a database without a name keeps `CACHE_MB` in memory, the rest in a file that is gone with it
(https://sqlite.org/inmemorydb.html#temp_db).
"""

from __future__ import annotations

import hashlib
import sqlite3

CACHE_MB = 64


class Seen:
    """A set of texts that can only grow; counts what it holds."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        for setting in (f"cache_size=-{CACHE_MB * 1024}", "journal_mode=OFF", "synchronous=OFF"):
            self._base.execute(f"PRAGMA {setting}")
        self._base.execute("BEGIN")  # never committed: nobody reads it after
        self._base.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        self._insert = self._base.cursor()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, text: str) -> bool:
        """Whether the text is new; from now on it is not."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
        new = self._insert.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 1
        self._count += new
        return new
