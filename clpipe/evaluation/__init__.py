"""Arithmetic over outcomes and episodes: numpy and scipy, no torch, no files, no clock."""
