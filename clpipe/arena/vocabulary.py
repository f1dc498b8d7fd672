"""Words that several families share. No name is an English word that could stand in a prompt."""

from __future__ import annotations

from clpipe.arena.reserve import parted

_NAMES = """
Alice Bob Charlie Diana Frank Emma George Hannah Isaac Julia Kevin Laura Martin Nora Oscar Paula Quentin
Rachel Simon Tara Victor Wendy Xavier Yara Zoe Adam Bella Carlos Doris Edward Fiona Gavin Helen Ivan Janet
Karl Linda Marcus Nina Oliver Petra Ralph Sarah Thomas Ursula Vera Walter Yusuf Zelda Aaron Beth Colin Daniel
Elena Felix Gloria Henry Ingrid Jacob Karen Leon Maria Nathan Olga Peter Rita Samuel Teresa Umar Valerie
William Yvonne Ahmed Brenda Connor Deborah Ethan Flora Gareth Hilda Igor Joanna Kumar Leila Miguel Naomi Omar
Priya Robert Sandra Tobias Vivian Wesley Yasmin Anton Bianca Cyrus Dora Eric Farah Gustav Heidi Ibrahim Judith
Keith Lucas Monica Nigel Olivia Pedro Ronald Sofia Trevor Wilma Abigail Boris Cecilia Dmitri Esther Fatima
Gerald Hugo Irene Jonas Katrin Lorenzo Mireille Noemi Osman Pavel Quincy Rosalind Stefan Tamara Ulrich Vincent
Willem Xenia Yannick Zachary Amelia Bruno Clara Dominic Eleanor Florian Greta Harold"""
NAMES = parted(_NAMES.split())

_THINGS = """
apples marbles books stamps pencils shells coins stickers buttons beads cards balls pears plums oranges lemons
candles boxes cups pens flowers stones keys ribbons bottles bricks brushes cakes carrots chairs chestnuts clocks
cookies crayons cushions dolls eggs envelopes feathers figs forks frames gloves grapes hammers hats helmets jars
kites knives ladders lamps leaves magnets maps masks medals melons mirrors mugs muffins mushrooms nails napkins
necklaces needles nuts onions paintings pancakes parcels peaches peanuts pebbles photos pillows pins pipes plates
posters potatoes pumpkins puzzles rings rocks roses rulers sandwiches scarves scissors seeds shirts shoes socks
spoons sponges stools tickets tiles tomatoes towels toys trophies tulips turnips umbrellas vases whistles
acorns almonds badges balloons bananas baskets batteries bells biscuits blankets bolts bracelets"""
THINGS = parted(_THINGS.split())
"""Countable things, in the plural."""
