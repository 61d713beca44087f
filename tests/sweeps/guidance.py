"""Guidance: for everybody who is signed in."""

from tests.sweeps.page import Page

READ = {"get": "302 302 200 200 200 200 200", "post": "302 302 405 405 405 405 405"}

PAGES = {
    "guidance:index": Page(**READ),
    "guidance:topic": Page(args={"slug": "main-centre"}, **READ),
    "guidance:document": Page(is_page=False, **READ),  # a PDF
    "guidance:for_candidates": Page(**READ),
    "guidance:for_candidates_pdf": Page(is_page=False, **READ),
}
