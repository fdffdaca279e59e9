"""Drafts: kept as they are typed, moved along when the service changes, thrown away."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.intake import queries, rules
from egov.intake.addressing import covers, require_addressed
from egov.intake.errors import DraftChanged, ServiceClosed
from egov.intake.models import Draft
from egov.intake.rules import Bundle
from egov.journal import actions as journal
from egov.kernel import clock, references
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.routing import queries as routing
from egov.routing.queries import Why, Wishes

MAX_OPEN = 100


def start_draft(
    actor: Actor,
    *,
    service: str,
    region: str,
    need: str = "",
    event: str = "",
    about: str = "",
    answers: Mapping[str, Any] | None = None,
) -> Draft:
    """A new draft, prefilled with what registers know; ``answers`` given by the caller win over them.

    Raises ``NotFound`` for an unknown service, ``ServiceClosed`` for one that cannot be filed, ``NotPermitted``,
    ``WrongApplicant`` when a person asks for what only organisations are given, or the other way round.
    """
    version = fileable(service)
    require_fileable(actor, version)
    opening = Opening(version, queries.form_for(version), Bundle(), region, need=need, event=event, about=about)
    return open_new(actor, opening, answers or {})


def start_bundle(
    actor: Actor,
    *,
    event: str,
    region: str,
    answers: Mapping[str, Any],
    services: Collection[str],
    need: str = "",
    again: Collection[str] = (),
    have: Mapping[str, str] | None = None,
) -> Draft:
    """One draft for several services of an event: those that apply and, of the optional ones, ``services``.

    ``answers``: to the questions of the event. ``again``: services to apply for although they are held. ``have``:
    service → number of what the person has of it, so that it is left out; the departments of those that would have
    waited for it are told. Raises ``NotFound`` for an unknown event, ``EventWithdrawn`` for one out of force,
    ``InvalidInput`` while a question is open, for a service that may not be left out so, or when nothing is left to
    file, ``NotPermitted`` when the mandate does not cover a member, ``WrongApplicant`` when a member is given to
    organisations only and none is founded on the way.
    """
    wishes = Wishes.read(again, have or {})
    plan = routing.plan_bundle(actor, event=event, answers=answers, wishes=wishes)
    if not plan.is_settled:
        raise InvalidInput.at(plan.to_ask[0], "required", _("Answer this question, so that we know what applies."))
    for code in wishes.have:
        if (left_out := plan.member(code)) is None or left_out.why is not Why.CLAIMED:
            raise InvalidInput.at(f"have/{code}", "unknown", _("This cannot be left out here."))
    bundle = queries.bundle_of(plan, frozenset(services))
    if not bundle:
        raise InvalidInput.at("services", "required", _("Nothing of this can be filed here now."))
    for member in bundle.members:
        require_may_file(actor, member.service)
    require_addressed(actor, [catalogue.version(member.version) for member in bundle.members], bundle)
    first = catalogue.version(bundle.members[0].version)
    form = queries.form_of(bundle, first)
    opening = Opening(first, form, bundle, region, need=need, event=event)
    return open_new(actor, opening, rules.fitting(form, queries.answered_by(plan)))


@dataclass(frozen=True)
class Opening:
    """What a new draft is made of."""

    version: ServiceVersion
    form: rules.Form
    bundle: Bundle
    region: str
    need: str = ""
    event: str = ""
    about: str = ""


def open_new(actor: Actor, opening: Opening, answers: Mapping[str, Any]) -> Draft:
    """Raises ``TransitionNotAllowed`` when too many are open; the caller has asked whether it may be filed."""
    form = opening.form
    reference = references.draw("D")
    facts = queries.known_facts(actor, form, subject=Ref("draft", reference))
    prefilled = {key: fact["value"] for key, fact in facts.items()}
    given = rules.storable(form, answers)
    now = clock.now()
    with transaction.atomic():
        if queries.visible_drafts(actor).count() >= MAX_OPEN:
            raise TransitionNotAllowed(_("You have 100 unfinished forms. Discard some before you begin another."))
        draft = Draft.objects.create(
            reference=reference,
            applicant_id=actor.applicant_id,
            author_id=actor.person_id,
            capacity=actor.capacity,
            version=opening.version,
            plan=opening.bundle.as_json() if opening.bundle else {},
            event=opening.event[:10],
            need=rules.tidy(opening.need)[:500],
            about=opening.about,
            region=opening.region,
            answers={**prefilled, **given},
            sources={key: fact for key, fact in facts.items() if key not in given},
            # What joins a matter begins with the first page on which something is missing.
            page=form.pages[0].key if form.pages and not opening.bundle.joins else "",
            saved_at=now,
            started_at=now,
        )
        journal.record(actor, "intake.start_draft", Ref("draft", reference), Ref("party", str(draft.applicant_id)))
    return draft


def require_fileable(actor: Actor, version: ServiceVersion) -> None:
    """Whether the actor may file this service here and now, alone.

    Raises ``ServiceClosed``, ``NotPermitted``, ``WrongApplicant``.
    """
    if not version.service.enabled or not version.is_fileable:
        raise ServiceClosed
    require_may_file(actor, version.service.code)
    require_addressed(actor, [version])


def fileable(service: str) -> ServiceVersion:
    version = catalogue.published(service)
    if not version.service.enabled or not version.is_fileable:
        raise ServiceClosed
    return version


def require_may_file(actor: Actor, service: str) -> None:
    if not actor.is_applicant:
        raise NotPermitted
    if not covers(actor, service):
        raise NotPermitted(_("Your mandate does not cover this service."))
    for_posts = catalogue.published(service).service.mode in queries.FILED_BY_POSTS
    if for_posts and not actor.is_staff:
        raise NotPermitted(_("Civil servants file this at their desk, in their post."))
    if actor.is_staff and actor != queries.filing_as(actor, service):
        raise NotPermitted


def save_draft(
    actor: Actor, *, draft: str, answers: Mapping[str, Any], page: str = "", revision: int | None = None
) -> Draft:
    """Keep ``answers`` (only the questions it names; null takes an answer back), right or wrong.

    ``revision`` is the one the page was made from. Raises ``DraftChanged`` when the draft was saved since and the
    two differ, ``InvalidInput`` or ``TooLarge`` when it cannot be stored at all.
    """
    with transaction.atomic():
        row = locked(actor, draft)
        form = form_of_draft(row)
        given = rules.storable(form, answers)
        merged = {key: value for key, value in {**row.answers, **given}.items() if value is not None}
        if merged == row.answers and page in ("", row.page):
            return row
        if revision is not None and revision != row.revision and merged != row.answers:
            raise DraftChanged(row)
        row.answers = merged
        row.page = page if form.page(page) else row.page
        row.revision += 1
        row.saved_at = clock.now()
        row.save(update_fields=["answers", "page", "revision", "saved_at"])
    return row


def locked(actor: Actor, reference: str) -> Draft:
    row = queries.visible_drafts(actor).select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound
    return row


def discard(actor: Actor, *, draft: str) -> None:
    """Throw a draft away: its answers and files go, the fact that there was one stays."""
    with transaction.atomic():
        row = locked(actor, draft)
        row.attachments.all().delete()
        row.answers, row.sources, row.need = {}, {}, ""
        row.discarded_at = clock.now()
        row.save(update_fields=["answers", "sources", "need", "discarded_at"])
        journal.record(actor, "intake.discard", Ref("draft", draft), Ref("party", str(row.applicant_id)))


def migrate_draft(actor: Actor, *, draft: str) -> queries.Migration:
    """Move a draft to the published version of its service; answers that still fit are kept.

    Raises ``ServiceClosed`` when the service can no longer be filed; the draft then stays as it is.
    """
    with transaction.atomic():
        row = locked(actor, draft)
        old_form = form_of_draft(row)
        row.version = fileable(catalogue.version(row.version_id).service.code)
        bundle = Bundle.from_json(row.plan)
        if bundle:
            members = tuple(replace(each, version=fileable(each.service).pk) for each in bundle.members)
            bundle = replace(bundle, members=members)
            row.plan = bundle.as_json()
        new_form = queries.form_of(bundle, row.version)
        kept = {
            question.key
            for question in new_form.questions
            if question.key in old_form.by_key and queries.fits(old_form.by_key[question.key], question)
        }
        row.answers = {key: value for key, value in row.answers.items() if key in kept}
        row.sources = {key: value for key, value in row.sources.items() if key in kept}
        row.page = row.page if new_form.page(row.page) else ""
        row.revision += 1
        row.saved_at = clock.now()
        row.save(update_fields=["version", "plan", "answers", "sources", "page", "revision", "saved_at"])
        journal.record(actor, "intake.migrate_draft", Ref("draft", draft))
    return queries.differences(old_form, new_form)


def form_of_draft(row: Draft) -> rules.Form:
    return queries.form_of(Bundle.from_json(row.plan), catalogue.version(row.version_id))


def touched(draft: Draft) -> None:
    draft.saved_at = clock.now()
    draft.save(update_fields=["saved_at"])
