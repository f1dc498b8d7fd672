"""The whole default study against a tuned script of the peers: `make bench-study`."""
