"""Reading the inbox and the state of deliveries."""

from django.db.models import QuerySet

from egov.kernel.actor import Actor
from egov.notices.consumers import Told, told_of
from egov.notices.models import Delivery, DeliveryState, Notice

__all__ = ["Told", "dead_letters", "deliveries_of", "inbox", "told_of", "unread_count"]


def inbox(actor: Actor) -> QuerySet[Notice]:
    """Notices of the party the actor acts for, newest first."""
    return Notice.objects.filter(recipient_id=actor.on_behalf_of_id or actor.party_id or 0).order_by("-id")


def unread_count(rows: QuerySet[Notice]) -> int:
    """How many of ``rows`` (of an inbox) are unread, counted to 100."""
    return len(rows.filter(read_at__isnull=True).values_list("pk")[:100])


def deliveries_of(notice_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(notice_id=notice_id).order_by("id")


def dead_letters() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.DEAD).order_by("-id")
