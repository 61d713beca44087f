"""The pictures of guidance, taken from the running site: a made-up cohort on a fixed day.

To add one, add a line to `tests/pictures/shots.py`, name it in a text with `{% picture "…" %}`, and run
`bin/portal pictures`.
"""
