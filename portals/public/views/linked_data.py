"""The catalogue for other catalogues: CPSV-AP in two syntaxes, open to everyone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from egov.catalogue import queries


@require_GET
@cache_control(public=True, max_age=3600)
def json_ld(request: HttpRequest) -> HttpResponse:
    return HttpResponse(queries.json_ld(), content_type="application/ld+json; charset=utf-8")


@require_GET
@cache_control(public=True, max_age=3600)
def turtle(request: HttpRequest) -> HttpResponse:
    return HttpResponse(queries.turtle(), content_type="text/turtle; charset=utf-8")
