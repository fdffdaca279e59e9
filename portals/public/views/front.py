"""The front page: one sentence and one large box."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def front(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return render(request, "public/front.html", {})
