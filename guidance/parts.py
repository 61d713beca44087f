"""Parts: which heading of a long topic explains a page of Direct, so that its link leads there.

The id stands in the text of the topic. A page that has none leads to the top.
"""

EXPLAINS = {
    "sealed-promise": ("sealed:start",),
    "become-a-keyholder": ("sealed:keyholders", "sealed:make_keys"),
    "seal-a-series": ("sealed:seal",),
    "give-results": ("sealed:series", "sealed:give"),
    "try-the-passphrase": ("sealed:try_passphrase",),
    "open-a-series": ("sealed:open", "sealed:ceremony", "sealed:opening"),
    "rehearse-the-opening": ("sealed:rehearse",),
    "replace-a-keyholder": ("sealed:change",),
}
PARTS = {page: part for part, pages in EXPLAINS.items() for page in pages}
