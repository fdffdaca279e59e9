"""An inbox row exactly once; messages that leave at least once, under one key."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import connection

from egov.contracts.cases import CaseChanged, CaseDecided, CaseMessageSent, CorrectionRequested
from egov.identity.models import Contact, Party, PartyKind
from egov.kernel import outbox, secrets
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import NotPermitted
from egov.kernel.events import event_types
from egov.kernel.refs import Ref
from egov.notices import actions, queries, sandbox, texts
from egov.notices.models import Delivery, DeliveryState, Notice
from egov.notices.registry import Channel, channels

pytestmark = pytest.mark.django_db
SUBJECT = Ref("thing", "T-1")


@pytest.fixture(autouse=True)
def sandbox_folder(settings, tmp_path):
    settings.EGOV_SANDBOX_DIR = str(tmp_path)
    settings.EGOV_SMS_URL = ""


@pytest.fixture
def resident() -> Party:
    party = Party.objects.create(kind=PartyKind.PERSON, name="林晓雯")
    for channel, address in (("email", "lin@example.org"), ("sms", "13800000001")):
        Contact.objects.create(
            party=party,
            channel=channel,
            encrypted=secrets.encrypt(address),
            masked="…",
            verified_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
    return party


def tell(party: Party, key: str = "k1", **kwargs) -> list[Notice]:
    return actions.notify(
        SYSTEM, recipients=[party.pk], key=key, kind="case_accepted", subject=SUBJECT, **kwargs
    )  # fmt: skip


def actor_of(party: Party) -> Actor:
    return Actor(kind=CapacityKind.SELF, capacity="self", party_id=party.pk, on_behalf_of_id=party.pk)


def test_a_notice_is_written_once_in_both_languages(resident) -> None:
    assert len(tell(resident)) == 1
    assert tell(resident) == []
    notice = Notice.objects.get()
    assert notice.title["zh-Hans"].startswith("已受理")
    assert notice.title["en"].startswith("Accepted")


def test_each_verified_channel_gets_one_message(resident) -> None:
    Contact.objects.filter(channel="sms").update(wanted=False)
    tell(resident)
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["email"]


def test_telling_many_costs_the_same_as_telling_one(resident, django_assert_max_num_queries) -> None:
    parties = [Party.objects.create(kind=PartyKind.PERSON, name=f"P{n}").pk for n in range(20)]
    with django_assert_max_num_queries(4):
        actions.notify(SYSTEM, recipients=parties, key="k", kind="case_accepted", subject=SUBJECT)
    assert Notice.objects.count() == 20


def test_a_message_leaves_with_its_key_as_message_id(resident) -> None:
    notice = tell(resident)[0]
    assert actions.deliver_due() == 2
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<n{notice.pk}-email@")
    assert list(sandbox.taken("sms")) == [f"n{notice.pk}-sms"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert actions.deliver_due() == 0


def test_a_crash_after_the_hand_over_repeats_under_the_same_key_and_takes_effect_once(resident, monkeypatch) -> None:
    Contact.objects.filter(channel="email").delete()
    tell(resident)
    original = Delivery.save

    def crash(self, *args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Delivery, "save", crash)
    with pytest.raises(KeyboardInterrupt):
        actions.deliver_due()
    monkeypatch.setattr(Delivery, "save", original)
    assert actions.deliver_due() == 1
    assert len(sandbox.taken("sms")) == 1
    assert sandbox.repeats("sms") == 1


def test_a_failing_channel_is_tried_again_later_and_given_up_in_the_end(resident, monkeypatch) -> None:
    Contact.objects.filter(channel="email").delete()

    def fail(message):
        raise TimeoutError("gateway")

    monkeypatch.setitem(channels._handlers, "sms", Channel(key="sms", send=fail))
    moment = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=False):
        tell(resident)
        assert actions.deliver_due() == 1
        assert actions.deliver_due() == 0
    for hours in range(1, 8):
        with time_machine.travel(moment + dt.timedelta(hours=13 * hours), tick=False):
            actions.deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, actions.MAX_ATTEMPTS)
    with pytest.raises(NotPermitted):
        actions.retry_dead(actor_of(resident), delivery_id=delivery.pk)
    actions.retry_dead(SYSTEM, delivery_id=delivery.pk)
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_only_my_own_notices_are_marked_read(resident) -> None:
    other = Party.objects.create(kind=PartyKind.PERSON, name="赵启明")
    mine, theirs = tell(resident)[0], tell(other)[0]
    assert actions.mark_read(actor_of(resident), notice_ids=[mine.pk, theirs.pk]) == 1
    assert queries.unread_count(queries.inbox(actor_of(resident))) == 0
    assert queries.unread_count(queries.inbox(actor_of(other))) == 1


def emit_and_deliver(*events) -> None:
    from django.db import transaction

    with transaction.atomic():
        outbox.emit(*events)
    outbox.deliver()


def change(party: Party, act: str, after: str) -> CaseChanged:
    return CaseChanged(
        case="C1", matter="M1", service="LC01", applicant_id=party.pk, before="received", after=after, act=act
    )


@pytest.mark.parametrize(
    ("act", "after", "kind"),
    [
        ("accept", "accepted", "case_accepted"),
        ("suspend", "suspended", "case_suspended"),
        ("withdraw", "withdrawn", "case_withdrawn"),
        ("something_new", "somewhere", "case_changed"),
    ],
)
def test_a_change_of_a_case_is_told_in_its_own_words(resident, act, after, kind) -> None:
    emit_and_deliver(change(resident, act, after))
    assert Notice.objects.get().kind == kind


def test_a_correction_is_told_once_and_names_the_last_day(resident) -> None:
    emit_and_deliver(
        change(resident, "request_correction", "correction"),
        CorrectionRequested(
            case="C1", matter="M1", service="LC01", applicant_id=resident.pk, respond_by="2026-12-02T00:00:00+08:00"
        ),
    )
    notice = Notice.objects.get()
    assert notice.needs_action
    assert "2026年12月1日" in notice.body["zh-Hans"]
    assert "1 December 2026" in notice.body["en"]


def test_the_decision_says_its_outcome_in_the_readers_language(resident) -> None:
    emit_and_deliver(
        CaseDecided(case="C1", matter="M1", service="LC01", applicant_id=resident.pk, outcome="refused", outputs={})
    )
    assert "不予" in Notice.objects.get().body["zh-Hans"]


def test_only_the_units_messages_are_told_to_the_applicant(resident) -> None:
    for n, mine in enumerate((True, False)):
        emit_and_deliver(CaseMessageSent(case="C1", message_id=n, applicant_id=resident.pk, from_applicant=mine))
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("kind", texts.kinds())
def test_every_text_stands_in_both_languages(kind) -> None:
    parts = texts._texts()[kind]
    assert all(parts[part].get(tag) for part in ("title", "body") for tag in texts.LANGUAGES)


def test_every_event_told_here_is_a_declared_one() -> None:
    names = {name for name, _version in event_types}
    assert {name for name, key in outbox.handlers() if key.startswith("notices.")} <= names


def test_deliveries_are_partitioned_by_month(db) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relkind from pg_class where relname = 'notices_delivery'")
        assert cursor.fetchone()[0] == "p"
