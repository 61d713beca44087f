"""What holds for every response of the staff's pages."""

from django.http import HttpRequest, HttpResponse


class NoStoreMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class MFARequiredMiddleware(NoStoreMiddleware):
    pass
