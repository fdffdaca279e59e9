"""What decisions of the demonstration city's past rest on."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from egov.kernel.refs import Ref
from egov.law.actions import instrument_ids
from egov.law.models import Citation


def lay_citations(cited: Iterable[tuple[Ref, Sequence[Mapping[str, str]], dt.date]]) -> None:
    """One insert: what cites, the articles, the day they are cited as of; see ``actions.cite``."""
    ids = instrument_ids()
    Citation.objects.bulk_create(
        [
            Citation(citing=str(citing), instrument_id=ids[each["instrument"]], article=each["article"], fact_date=day)
            for citing, articles, day in cited
            for each in articles
            if each["instrument"] in ids
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
