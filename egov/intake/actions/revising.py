"""What corrected answers make of the event they were given for: services that are needed by now, and those that are not.

Nothing is begun or undone by itself: what is lacking is offered, with the answers that are known already.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework.models import AnswerChange, Case
from egov.catalogue import queries as catalogue
from egov.documents.models import StoredFile
from egov.intake import queries, rules
from egov.intake.actions.drafts import Opening, fileable, open_new, outside_specs, require_may_file
from egov.intake.models import Attachment, Draft, Submission
from egov.intake.queries import MatterAnswers
from egov.intake.rules import Bundle, BundleEdge, BundleMember
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.matters import actions as matters
from egov.matters import queries as matter_queries
from egov.matters.models import Matter
from egov.matters.rules import DROPPED, ENDED, FAILED, WAITING, Needs, NeverStarts, cannot_start, is_absent
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, Why

NECESSARY = (Why.APPLIES, Why.OPEN)


def lock_answers(matter: str) -> Matter | None:
    """Whoever changes answers of a matter (by reference) takes its turn before reading them, so that all changes count."""
    return Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()


def reconsider(actor: Actor, found: MatterAnswers, given: Mapping[str, Any]) -> None:
    """Run the event again with ``given``, answers under the keys of the matter's one form. Runs in the caller's act."""
    if not found.matter.determinants:
        return
    told = {question.element: given[question.key] for question in found.form.questions if question.key in given}
    _run_again(actor, found, routing.determined(matter_queries.event_of(found.matter).definition, told))


@transaction.atomic
def answer_anew(actor: Actor, *, matter: str, question: str, answer: Any) -> None:
    """Another answer to a question of the event that no form asks: no department has it, so it counts at once.

    ``answer``: as it was typed or chosen. Raises ``NotFound`` for a stranger and for a question that is not open to
    it, ``NotPermitted`` when the mandate does not cover the whole, ``InvalidInput`` at the question.
    """
    lock_answers(matter)
    found = queries.answers_of(actor, matter=matter)
    if not actor.is_applicant or found.matter.applicant_id != actor.on_behalf_of_id:
        raise NotFound
    if found.withheld:
        raise NotPermitted(_("Your mandate does not cover all of this matter."))
    asked = next((each for each, _now in queries.situation_of(actor, found) if each["key"] == question), None)
    if asked is None:
        raise NotFound
    for each in found.members:
        require_may_file(actor, each.version.service.code)
    read = routing.read_answer(asked, answer)
    if read is None:
        raise InvalidInput.at(question, "required", routing.why_unread(asked, answer))
    if read == found.matter.determinants.get(question):
        raise InvalidInput.at(question, "unchanged", _("This is the answer that counts already."))
    _run_again(actor, found, {question: read})


def _run_again(actor: Actor, found: MatterAnswers, told: Mapping[str, Any]) -> None:
    """With these answers to questions of the event in the place of those that counted so far."""
    matter = found.matter
    determinants = {**matter.determinants, **told}
    if determinants == matter.determinants:
        return
    event = matter_queries.event_of(matter)
    wishes = queries.claimed_in(matter.reference)
    plan = routing.plan_event(actor.in_all_services(), event=event, answers=determinants, wishes=wishes)
    states = dict(matter.members.values_list("key", "state"))
    before = {each.service: each.why for each in routing.members_for(event.definition, matter.determinants)}

    def is_lacking(code: str, why: Why) -> bool:
        """What may be added, or was taken back, is offered once an answer has made it apply."""
        if why is Why.OPTIONAL or (why in NECESSARY and code in states):
            return code in matter.lacking or before.get(code) is Why.NOT_NEEDED
        return why in NECESSARY

    outside = queries.outside_of(plan)
    matters.revise_matter(
        actor,
        matter=matter.reference,
        determinants=determinants,
        lacking=[
            each.service
            for each in plan.members
            if is_lacking(each.service, each.why) and each.is_fileable and is_absent(each.service, states)
        ],
        superfluous=[
            each.service
            for each in plan.members
            if each.why is Why.NOT_NEEDED and states.get(each.service, DROPPED) not in ENDED
        ],
        outside=outside_specs(outside),
        followers=_followers(plan, states, {each.service for each in outside}),
    )


def _followers(plan: BundlePlan, states: Mapping[str, str], services: Collection[str]) -> Mapping[str, Sequence[Needs]]:
    """Member → which of ``services`` the event puts before it."""
    found: dict[str, list[Needs]] = {}
    for edge in plan.edges_among((*states, *services)):
        if edge.before in services and edge.after not in services:
            found.setdefault(edge.after, []).append(Needs(edge.before, edge.group))
    return found


@transaction.atomic
def forget_refused(*, change_id: int) -> None:
    """A department did not take a correction over: unless another one has it, what it made of the event is void."""
    change = AnswerChange.objects.select_related("case").get(pk=change_id)
    matter = lock_answers(change.case.matter)
    if matter is None or not (matter.lacking or matter.superfluous):
        return
    form = queries.form_for(catalogue.version(change.case.version_id))
    elements = {key: form.by_key[key].element for key in change.answers if key in form.by_key}
    definition = matter_queries.event_of(matter).definition
    elsewhere = queries.told_in(matter)
    void = {
        element: change.before.get(key)
        for key, element in elements.items()
        if element and change.answers[key] not in elsewhere.get(element, ())
    }
    determinants = {**matter.determinants, **routing.determined(definition, void)}
    why = {each.service: each.why for each in routing.members_for(definition, determinants)}
    matters.revise_matter(
        SYSTEM,
        matter=matter.reference,
        determinants=determinants,
        lacking=[code for code in matter.lacking if why.get(code) in (*NECESSARY, Why.OPTIONAL)],
        superfluous=[code for code in matter.superfluous if why.get(code) is Why.NOT_NEEDED],
    )


def start_lacking(actor: Actor, *, matter: str, service: str) -> Draft:
    """One draft for a service that a matter lacks, with what has to come before it and is in no part of the matter
    either: they join the matter when it is filed.

    The answers and papers that the matter has are in it already. Asked again while it is open, the same draft.
    Raises ``NotFound`` for a stranger or what is not lacking, ``ServiceClosed``, ``NotPermitted``,
    ``TransitionNotAllowed`` when something it needs has ended without success.
    """
    found = queries.answers_of(actor, matter=matter)
    states = dict(found.matter.members.values_list("key", "state"))
    if service not in {each.service.code for each in matter_queries.lacking_of(found.matter, states)}:
        raise NotFound
    event = matter_queries.event_of(found.matter)
    wishes = queries.claimed_in(found.matter.reference)
    plan = routing.plan_event(actor.in_all_services(), event=event, answers=found.matter.determinants, wishes=wishes)
    joining = _with_prerequisites(plan, states, service)
    wanted = [{"service": code} for code in joining]
    begun = queries.visible_drafts(actor).filter(plan__joins=matter, plan__members__contains=wanted).first()
    if begun is not None:
        return begun
    version = fileable(service)
    for code in joining:
        require_may_file(actor, code)
    bundle = _bundle(found, plan, states, joining)
    then = {**states, **dict.fromkeys((*joining, *(each.service for each in bundle.outside)), WAITING)}
    if any(cannot_start([Needs(edge.before, edge.group) for edge in bundle.before(code)], then) for code in joining):
        raise NeverStarts
    form = queries.form_of(bundle, version)
    known = {**queries.answered_by(plan), **found.by_element}
    opening = Opening(version, form, bundle, _region(found.matter), need=found.matter.need, event=event.code)
    with transaction.atomic():
        draft = open_new(actor, opening, rules.fitting(form, known))
        _attach(draft, form, found)
    return draft


def _with_prerequisites(plan: BundlePlan, states: Mapping[str, str], service: str) -> tuple[str, ...]:
    """The service, then what has to come before it and is in no part of the matter, in the order of the event."""
    absent = [
        each.service for each in plan.members if each.is_fileable and each.applies and is_absent(each.service, states)
    ]
    there = [key for key, state in states.items() if state not in (FAILED, DROPPED)]
    edges = plan.edges_among((service, *absent), there=there)
    needed = rules.with_prerequisites([BundleEdge(edge.before, edge.after, edge.group) for edge in edges], {service})
    return (service, *(code for code in absent if code in needed and code != service))


def _bundle(found: MatterAnswers, plan: BundlePlan, states: Mapping[str, str], joining: tuple[str, ...]) -> Bundle:
    """What joins the matter, with its place among what is there and what somebody else has to file before it."""
    others = {each.service: each for each in queries.outside_of(plan) if is_absent(each.service, states)}
    needless = {each.service for each in plan.members if each.why is Why.NOT_NEEDED}
    there = [key for key, state in states.items() if key not in needless or state not in (FAILED, DROPPED)]
    edges = [
        BundleEdge(edge.before, edge.after, edge.group)
        for edge in plan.edges_among((*there, *others, *joining))
        if edge.after in joining or (edge.before in joining and edge.after not in others)
    ]
    first = {edge.before for edge in edges}
    matter = found.matter
    return Bundle(
        members=tuple(BundleMember(code, fileable(code).pk) for code in joining),
        edges=tuple(edges),
        answers=matter.determinants,
        event_version=matter.event_version_id,
        claims=tuple(each for each in queries.claims_of(plan, joining) if each.needed_by),
        joins=matter.reference,
        there=tuple(
            BundleMember(each.member.key, each.version.pk)
            for each in (*found.members, *found.withheld)
            if each.member.key not in joining
        ),
        outside=tuple(each for code, each in others.items() if code in first),
    )


def _region(matter: Matter) -> str:
    """Where the matter was begun; one that came without a form of its own is where its first case is."""
    begun = Submission.objects.filter(matter=matter.reference, draft__isnull=False).order_by("pk")
    opened = Case.objects.filter(matter=matter.reference).order_by("pk")
    found = begun.values_list("draft__region", flat=True).first() or opened.values_list("region", flat=True).first()
    return found or ""


def _attach(draft: Draft, form: rules.Form, found: MatterAnswers) -> None:
    """Papers that the form asks for and another part of the matter was given."""
    own = [each for each in found.members if each.is_own]
    given = {material: files for each in own for material, files in each.files.items()}
    wanted = {
        reference: question.material
        for question in form.file_questions
        for reference in given.get(question.material, ())
    }
    files = StoredFile.objects.filter(reference__in=wanted, removed_at=None).order_by("pk")
    Attachment.objects.bulk_create(
        Attachment(draft=draft, material=wanted[file.reference], file=file, added_at=clock.now()) for file in files
    )
