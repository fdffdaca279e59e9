"""The conversation on cases, as one thread."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from egov.casework.models import Case
from egov.casework.models import Message as CaseMessage
from portals.shared.components import Message
from portals.shared.templatetags.egov_ui import localised

SHOWN = 200


def thread_of(cases: Sequence[Case]) -> list[Message]:
    """Messages of all the cases, oldest first; one statement. Officers appear with their unit and name."""
    rows = (
        CaseMessage.objects.filter(case__in=[case.pk for case in cases])
        .select_related("post__person__party", "post__unit")
        .order_by("-id")[:SHOWN]
    )
    return [_message(row) for row in reversed(rows)]


def _message(row: CaseMessage) -> Message:
    if row.from_applicant:
        return Message(_("You"), row.at, row.text, mine=True)
    author = _("The department")
    if row.post is not None:
        author = f"{localised(row.post.unit.name)} {row.post.person.party.name}"
    return Message(author, row.at, row.text)
