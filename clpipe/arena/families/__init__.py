"""The families of tasks: one file each, the class at its end as `FAMILY`. They do not know each other."""
