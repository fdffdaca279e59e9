"""What a party has already makes a service needless, unless it is for another object, has ended, or is wanted anew."""

import datetime as dt
from typing import Any

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.documents import actions as documents
from egov.kernel import clock
from egov.kernel.actor import ANONYMOUS, SYSTEM, Actor
from egov.kernel.refs import Ref
from egov.registers import actions as registers
from egov.routing import queries as routing
from egov.routing.queries import PlannedMember, Why, Wishes
from egov.routing.rules import holdings as rules

pytestmark = pytest.mark.django_db

PLACE = {"same": ["shop.address"]}
QUAY, HILL = "临江区滨江路 18 号", "西山区云栖街 2 号"
BOTH = {"zh-Hans": "许可", "en": "Permit"}
FORM = {
    "type": "object",
    "properties": {"where": {"type": "string", "x-element": "shop.address", "x-title": BOTH, "x-widget": "text"}},
}


@pytest.fixture
def permit(services: Any) -> Any:
    """Publishes a service whose output is held in some way, in an event that may know the place of the shop."""

    def publish(held: Any, *, given: dict[str, Any] | None = None, **member: Any) -> Event:
        output = {"key": "permit", "type": "certificate", "name": BOTH, "credential": "PERMIT", "held": held}
        services.publish("AA01", form=FORM, materials=[], outputs=[output])
        services.publish("AA02", form=FORM, materials=[], outputs=[])
        return Event.objects.create(
            code="BE90",
            kind="business",
            name=BOTH,
            summary={},
            definition={
                "members": [{"service": "AA01", **member}, {"service": "AA02"}],
                "edges": [{"from": "AA01", "to": "AA02"}],
                "questions": [],
                "given": given or {},
            },
        )

    return publish


def changed(event: Event, **definition: Any) -> None:
    event.definition = {**event.definition, **definition}
    event.save()
    catalogue.kept.forget()


def hold(actor: Actor, *, place: str = QUAY, until: dt.date | None = None, case: str = "C-1") -> None:
    registers.hold(
        SYSTEM,
        party_id=actor.on_behalf_of_id,
        service="AA01",
        output="permit",
        source=Ref("case", case),
        data={"where": place},
        valid_from=clock.today() - dt.timedelta(days=9),
        valid_to=until,
    )


def certify(actor: Actor, issuer: Any, *, until: dt.date | None = None, case: str = "C-1") -> Any:
    return documents.issue_credential(
        SYSTEM,
        type="PERMIT",
        holder_id=actor.on_behalf_of_id,
        issuer_id=issuer.pk,
        case=case,
        service="AA01",
        data={},
        valid_from=clock.today() - dt.timedelta(days=9),
        valid_to=until,
        title=BOTH,
        template="certificate",
        language="en",
    )


def member(actor: Actor, wishes: Wishes | None = None) -> PlannedMember:
    found = routing.plan_bundle(actor, event="BE90", answers={}, wishes=wishes).member("AA01")
    assert found is not None
    return found


def test_what_is_in_force_makes_the_service_needless_and_says_what_it_is(permit, resident):
    permit("in_force")
    hold(resident)
    found = member(resident)
    assert found.why is Why.HELD
    assert [(each.number, each.since) for each in found.holdings] == [("C-1", clock.today() - dt.timedelta(days=9))]


def test_what_is_needed_each_time_is_never_there(permit, resident):
    permit("never")
    hold(resident)
    assert (member(resident).why, member(resident).holdings) == (Why.APPLIES, ())


def test_a_second_shop_needs_a_permit_of_its_own(permit, resident):
    event = permit(PLACE)
    hold(resident)
    unknown = member(resident)
    assert unknown.why is Why.APPLIES, "of which shop this is about, nobody knows yet"
    assert [each.about for each in unknown.holdings] == [{"shop.address": QUAY}]
    for place, why in ((HILL, Why.APPLIES), (QUAY, Why.HELD)):
        changed(event, given={"shop.address": place})
        assert member(resident).why is why


def test_a_certificate_counts_by_itself_and_not_once_it_has_expired(permit, resident, identities):
    permit("in_force")
    issuer = identities.department(key="jz.city.urban", name="市城市管理局")
    certificate = certify(resident, issuer, until=clock.today())
    found = member(resident)
    assert (found.why, found.holdings[0].number) == (Why.HELD, certificate.number)
    type(certificate).objects.filter(pk=certificate.pk).update(valid_to=clock.today() - dt.timedelta(days=1))
    assert (member(resident).why, member(resident).holdings) == (Why.APPLIES, ())


def test_what_a_revoked_certificate_granted_is_not_held_any_more(permit, resident, identities):
    permit("in_force")
    issuer = identities.department(key="jz.city.urban", name="市城市管理局")
    hold(resident)
    certificate = certify(resident, issuer)
    assert [each.number for each in member(resident).holdings] == [certificate.number], "one thing, told once"
    documents.revoke_credential(SYSTEM, credential_id=certificate.pk, kind="revoked", reason=BOTH)
    assert (member(resident).why, member(resident).holdings) == (Why.APPLIES, ())


def test_it_is_applied_for_again_when_the_person_says_so_also_where_it_is_optional(permit, resident):
    event = permit("in_force")
    hold(resident)
    again = Wishes.read(["AA01"], {})
    assert (member(resident, again).why, member(resident, again).again) == (Why.APPLIES, True)
    changed(event, members=[{"service": "AA01", "optional": True}, {"service": "AA02"}])
    assert member(resident, again).why is Why.OPTIONAL


def test_an_event_may_need_it_anew_whatever_is_held(permit, resident):
    permit("in_force", anew=True)
    hold(resident)
    assert member(resident).why is Why.APPLIES


def test_what_the_person_says_to_have_is_left_out_where_the_service_permits_it(permit, resident):
    permit(PLACE)
    plan = routing.plan_bundle(resident, event="BE90", answers={}, wishes=Wishes.read([], {"AA01": " 许2020-7 "}))
    assert (plan.member("AA01").why, plan.member("AA01").claim) == (Why.CLAIMED, "许2020-7")
    assert plan.waiting_for("AA01", ("AA02",)) == ("AA02",)
    assert member(resident, Wishes.read([], {"AA01": "  "})).why is Why.APPLIES, "without a number it is no claim"


def test_what_has_to_be_asked_for_each_time_cannot_be_claimed(permit, resident):
    permit("never")
    assert member(resident, Wishes.read([], {"AA01": "7"})).why is Why.APPLIES
    assert not member(resident).may_be_claimed


def test_a_visitor_holds_nothing(permit, resident):
    permit("in_force")
    hold(resident)
    assert member(ANONYMOUS).why is Why.APPLIES


@pytest.mark.parametrize(
    ("held", "about", "answers", "counts"),
    [
        ("never", {}, {}, False),
        ("in_force", {}, {}, True),
        (PLACE, {"shop.address": QUAY}, {"shop.address": QUAY}, True),
        (PLACE, {"shop.address": QUAY}, {"shop.address": HILL}, False),
        (PLACE, {"shop.address": QUAY}, {}, False),
        (PLACE, {}, {}, False),
        ({"same": ["card.of", "child.id"]}, {"card.of": "self"}, {"card.of": "self"}, True),
        ({"same": ["card.of", "child.id"]}, {"card.of": "child", "child.id": "1"}, {"card.of": "child"}, False),
    ],
)
def test_only_what_is_for_the_same_object_counts(held, about, answers, counts):
    assert rules.counts(held, about, answers) is counts
