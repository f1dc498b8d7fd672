"""Words that several families share. Order counts: an option `people: 5` takes the first five.

No name is an English word that could stand in a prompt, and none is a part of another with a hyphen.
"""

from __future__ import annotations

_NAMES = """
Alice Bob Charlie Diana Frank Emma George Hannah Isaac Julia Kevin Laura Martin Nora Oscar Paula Quentin
Rachel Simon Tara Victor Wendy Xavier Yara Zoe Adam Bella Carlos Doris Edward Fiona Gavin Helen Ivan Janet
Karl Linda Marcus Nina Oliver Petra Ralph Sarah Thomas Ursula Vera Walter Yusuf Zelda Aaron Beth Colin Daniel
Elena Felix Gloria Henry Ingrid Jacob Karen Leon Maria Nathan Olga Peter Rita Samuel Teresa Umar Valerie
William Yvonne Ahmed Brenda Connor Deborah Ethan Flora Gareth Hilda Igor Joanna Kumar Leila Miguel Naomi Omar
Priya Robert Sandra Tobias Vivian Wesley Yasmin Anton Bianca Cyrus Dora Eric Farah Gustav Heidi Ibrahim Judith
Keith Lucas Monica Nigel Olivia Pedro Ronald Sofia Trevor Wilma Abigail Boris Cecilia Dmitri Esther Fatima
Gerald Hugo Irene Jonas"""
NAMES: tuple[str, ...] = tuple(_NAMES.split())

_THINGS = """
apples marbles books stamps pencils shells coins stickers buttons beads cards balls pears plums oranges lemons
candles boxes cups pens flowers stones keys ribbons"""
THINGS: tuple[str, ...] = tuple(_THINGS.split())
