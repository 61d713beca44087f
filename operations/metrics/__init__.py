"""Metrics: what a board's platform team sees of the service from outside, for Prometheus.

Web processes count requests and logins in a folder in memory (`requests`). A process of its own on each machine,
`manage.py metrics`, reads these and what rows, the disk and the clocks say (`readings`), and answers on a port of
its own (`exporter`), which no proxy shows to the public. So it answers while every web process is busy, and says so
when the database is away. No metric has a name, a path, a grade or anything of one candidate in it.
"""
