"""Programs that act for an account through the API."""

from allauth.idp.oidc.models import Client
from django.db.models import QuerySet

from egov.identity.models import Account


def programs_of(account: Account) -> QuerySet[Client]:
    """Newest first."""
    return Client.objects.filter(owner=account).order_by("-created_at", "id")
