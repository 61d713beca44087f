"""A PDF library: a page that WeasyPrint has laid out once, stamped many times, as WeasyPrint would draw it.

It knows no letter and imports nothing of ours; its fonts lie in its own folder, and of Django it takes only
the folder where fontconfig may keep its cache. `layout` lays out; `tagged` writes; `stamped_pages` puts
stamped copies together. All that it makes is PDF/UA-1 (`tests/test_pdf_ua.py`).

It leans on what WeasyPrint and Pango do not promise to keep:

- WeasyPrint: the boxes of a laid-out page (`_page_box`: place, style, `pango_layout`); `Document.fonts`; each
  line in marked content of its own, `BDC` to `EMC`, with its place in `Tm`, and the font named by its hash;
  the objects of pydyf that a finisher is given; `text.ffi`, `text.line_break.Layout` and
  `text.fonts.get_pango_font_key`; a missing character told as `.notdef` in its log; `FatalURLFetchingError`,
  which nothing swallows.
- Pango: `PangoGlyphInfo` of 20 bytes, 1024 units in a pixel, clusters counted in bytes, the glyphs that mean
  “no ink” and “unknown”, and that a line is shaped alike whatever page it stands on.

Tried with WeasyPrint 70.0, pikepdf 10.18, uharfbuzz 0.57, zxing-cpp 3.1 and Pango 1.50; `pyproject.toml` lets
no later series of the four in. A newer one, of Pango too, must first pass the comparison of pixels in
`tests/core/test_pdf_stamping.py`, and that of whole letters in `tests/credentials/test_letters.py`.
"""
