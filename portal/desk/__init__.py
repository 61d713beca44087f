"""The board's desk at /board/: files to load, the calendar and its releases, the trail, the state.

A rule in each file here, its pages in `views`. They are pages of the board's admin site, so that for
anybody else they do not exist.
"""
