"""Parts: which heading of a long topic explains a page of Direct, so that its link leads there.

The id stands in the text of the topic. A page that has none leads to the top.
"""

PARTS = {
    "sealed:start": "sealed-promise",
    "sealed:keyholders": "become-a-keyholder",
    "sealed:make_keys": "become-a-keyholder",
    "sealed:seal": "seal-a-series",
    "sealed:series": "give-results",
    "sealed:give": "give-results",
    "sealed:try_passphrase": "try-the-passphrase",
    "sealed:open": "open-a-series",
    "sealed:ceremony": "open-a-series",
    "sealed:opening": "open-a-series",
    "sealed:rehearse": "rehearse-the-opening",
    "sealed:change": "replace-a-keyholder",
}
