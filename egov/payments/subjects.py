"""Bills as subjects that other rooms name."""

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject
from egov.payments.models import Bill


def _title(ref: Ref) -> str:
    return ref.key


def _url(ref: Ref, actor: Actor) -> str | None:
    return f"/as/{actor.capacity}/bills/{ref.key}/" if actor.is_applicant else None


def _may_view(ref: Ref, actor: Actor) -> bool:
    return Bill.objects.filter(reference=ref.key, payer_id=actor.on_behalf_of_id or 0).exists()


BILL = Subject(title=_title, url=_url, may_view=_may_view)
