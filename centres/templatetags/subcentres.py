"""Template tag of Subcentre Management: its rows, of which those that say the same are drawn once.

A main centre can have 750 Associate Centres, whose rows differ in little but number and name. So a row is drawn
by its template with signs in their place, once for each state in which rows are.
"""

from django import template
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from centres.forms.subcentre_rows import RowOnPage
from centres.forms.subcentres import SubcentresForm

NUMBER, NAME = "\ue000", "\ue001"  # of the private use area: no name of a centre has them
register = template.Library()


@register.simple_tag
def subcentre_rows(form: SubcentresForm) -> SafeString:
    page = get_template("centres/_subcentre_row.html")
    held = form.defaults.held
    drawn: dict[object, str] = {}
    rows = []
    for row in form.rows:
        own = form.own_of(row)
        state = (*_state(row), own)
        if state not in drawn:
            drawn[state] = page.render(
                {"row": row, "number": NUMBER, "name": NAME, "own": own, "held": held}
            )
        number, name = escape(row.name), escape(row.centre.name if row.centre else "")
        rows.append(drawn[state].replace(NUMBER, number).replace(NAME, name))
    return mark_safe("".join(rows))  # noqa: S308 # nosec B308, B703 # a template's, in which both were escaped


def _state(row: RowOnPage) -> tuple[object, ...]:
    """All that its template reads of a row."""
    return (
        row.delay,
        row.access,
        row.choice,
        row.ticked,
        row.hidden,
        row.has_errors_shown,
        row.since,
        tuple(row.was.items()),
    )
