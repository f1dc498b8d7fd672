"""Races against the peers and against the machine: `make bench`, `make bench-study`.

Every contender works in a fresh process on the same files (`material`), contenders take turns (`turns`), and a ratio
stands only where the work was the same (`agreement`). Timings are never tests.
"""
