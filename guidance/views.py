"""Guidance, for everybody who is signed in: contents and search, a topic, and both kinds of print."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.http import inline
from core.searching import searched_for
from guidance import handout
from guidance import pdf as documents
from guidance.search import search
from guidance.topics import BY_SLUG, by_audience, text_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    wanted = searched_for(request.GET)
    return render(
        request,
        "guidance/index.html",
        {
            "contents": by_audience(),
            "wanted": wanted,
            "found": search(wanted) if wanted else None,
        },
    )


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in BY_SLUG:
        raise Http404
    topic = BY_SLUG[slug]
    return render(request, "guidance/topic.html", {"topic": topic, "text": text_of(topic)})


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    return inline(documents.guidance_pdf(), "guidance.pdf")


@require_safe
def for_candidates(request: HttpRequest) -> HttpResponse:
    language = handout.language(request.GET.get("language"))
    return render(
        request,
        "guidance/for_candidates.html",
        {
            "sheet": handout.sheet(language),
            "language": language,
            "languages": settings.LANGUAGES,
        },
    )


@require_safe
def for_candidates_pdf(request: HttpRequest) -> HttpResponse:
    language = handout.language(request.GET.get("language"))
    return inline(handout.sheet_pdf(language), f"for-candidates-{language}.pdf")
