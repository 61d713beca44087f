"""Streams the listing of a main centre and all its Associate Centres as CSV, as a request does, and says
how many seconds went by until the first bytes, the first rows and the last."""

import json
import sys
from time import perf_counter

import django

if __name__ == "__main__":
    django.setup()

    from centres.models import Centre, Membership, Series
    from results.exports.selection import Selection
    from results.exports.spreadsheets import csv_of
    from results.exports.tables import listing

    centre = Centre.objects.get(number=sys.argv[1])
    user = Membership.objects.get(centre=centre).user
    start = perf_counter()
    pieces = csv_of(listing(Selection(user, centre, Series.objects.get(), together=True)))
    next(pieces)
    first = perf_counter() - start
    for _ in pieces:
        pass
    print(json.dumps([first, perf_counter() - start]))
