"""What a page says of letters, asked for again and again until they are done."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres import plain_text
from centres.access import StaffRequest, desk_for
from credentials.news import news_for


class ToldForm(plain_text.Form):
    """What the page itself tells of, and the batch that was told of a moment ago."""

    but = forms.UUIDField(required=False)
    watched = forms.UUIDField(required=False)


@require_safe
def show(request: StaffRequest, series: str, centre: str) -> HttpResponse:
    desk = desk_for(request.user, series, centre)
    form = ToldForm(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    return render(request, "credentials/_news.html", {"desk": desk, "news": news_for(desk, **told)})
