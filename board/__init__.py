"""The board's pages, /board/: releases, holds, corrections, accounts, calendar, audit trail, state, records.

A rule in each file here, its pages in `views`. For anybody else they do not exist (`accounts.guards`).
"""
