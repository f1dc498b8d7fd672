"""Races against the peers and against the machine: `make bench`, `make bench-study`.

Every contender works in a fresh process on the same files (`material`) and contenders take turns (`turns`). A ratio of
learning or asking stands only where the work was the same (`agreement`); the whole study's is not checked so, and tells
the tasks right on both sides. Timings are never tests.
"""
