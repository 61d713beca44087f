"""Audiences: for whom the topics of guidance are, in the order in which the contents name them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Audience:
    slug: str
    title: str


EVERYBODY = Audience("everybody", "For everybody")
MAIN = Audience("main-centres", "For main centres")
ASSOCIATE = Audience("associate-centres", "For Associate Centres")
OFFICERS = Audience("exams-officers", "For every exams officer")
VIEWERS = Audience("viewers", "For exams officers and viewers")
BOARD = Audience("board", "For the board")
ALL = (EVERYBODY, MAIN, ASSOCIATE, OFFICERS, VIEWERS, BOARD)
