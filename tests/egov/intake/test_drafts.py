"""Drafts: whatever was typed is kept, prefilled with its source, and never lost to another window."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from egov.documents.models import StoredFile
from egov.intake import actions, queries
from egov.intake.actions import DraftChanged, ServiceClosed
from egov.intake.models import Draft
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TooLarge
from tests.plugins.intake import CARD_FORM, question

pytestmark = pytest.mark.django_db


def test_known_facts_are_filled_in_with_register_and_day(services, resident):
    services.publish()
    draft = actions.start_draft(resident, service="CL02", region="990102")
    assert draft.answers == {"name": "林晓雯"}
    assert draft.sources["name"]["value"] == "林晓雯"
    assert draft.sources["name"]["register"]
    assert draft.sources["name"]["as_of"]


def test_a_draft_keeps_right_and_wrong_answers_alike(a_draft, resident):
    draft = a_draft(resident)
    saved = actions.save_draft(resident, draft=draft.reference, answers={"lost_on": "2026-13-45", "reason": "lost"})
    assert saved.answers["lost_on"] == "2026-13-45"
    opened = queries.open_draft(resident, reference=draft.reference)
    assert [fault.path for fault in opened.checked.faults] == ["lost_on"]


def test_null_takes_an_answer_back(a_draft, resident):
    draft = a_draft(resident)
    assert "name" not in actions.save_draft(resident, draft=draft.reference, answers={"name": None}).answers


def test_questions_of_no_form_are_not_kept(a_draft, resident):
    draft = a_draft(resident)
    assert "other" not in actions.save_draft(resident, draft=draft.reference, answers={"other": "x"}).answers


def test_a_save_from_an_older_page_does_not_overwrite(a_draft, resident):
    draft = a_draft(resident)
    first = actions.save_draft(resident, draft=draft.reference, answers={"name": "甲"}, revision=draft.revision)
    with pytest.raises(DraftChanged) as conflict:
        actions.save_draft(resident, draft=draft.reference, answers={"name": "乙"}, revision=draft.revision)
    assert conflict.value.draft.answers["name"] == "甲"
    assert (
        actions.save_draft(resident, draft=draft.reference, answers={"name": "乙"}, revision=first.revision).answers[
            "name"
        ]
        == "乙"
    )


def test_saving_the_same_twice_is_no_conflict(a_draft, resident):
    draft = a_draft(resident)
    actions.save_draft(resident, draft=draft.reference, answers={"name": "甲"}, revision=draft.revision)
    actions.save_draft(resident, draft=draft.reference, answers={"name": "甲"}, revision=draft.revision)
    assert Draft.objects.get().revision == 1


def test_ten_megabytes_of_text_are_refused(a_draft, resident):
    draft = a_draft(resident)
    with pytest.raises(TooLarge):
        actions.save_draft(resident, draft=draft.reference, answers={"name": "汉" * 3_500_000})


@pytest.mark.parametrize("answers", [None, 7, "text", ["list"]])
def test_what_is_no_set_of_answers_is_refused(a_draft, resident, answers):
    draft = a_draft(resident)
    with pytest.raises(InvalidInput):
        actions.save_draft(resident, draft=draft.reference, answers=answers)


def test_only_the_party_opens_its_draft(a_draft, resident, identities):
    draft = a_draft(resident)
    stranger = identities.resident(identities.person("外人"))
    with pytest.raises(NotFound):
        queries.open_draft(stranger, reference=draft.reference)
    with pytest.raises(NotFound):
        actions.save_draft(stranger, draft=draft.reference, answers={})


def test_a_mandate_covers_only_its_services(services, identities, resident):
    services.publish("CL02")
    services.publish("CL04")
    grantor = identities.person("委托人", region=identities.region())
    agent = identities.person("代理人")
    mandate = identities.mandate(grantor.party, agent.party, by=grantor, services=["CL04"])
    from egov.identity.queries import actor_for

    actor = actor_for(identities.account(agent), f"m-{mandate.pk}")
    with pytest.raises(NotPermitted):
        actions.start_draft(actor, service="CL02", region="990102")
    draft = actions.start_draft(actor, service="CL04", region="990102")
    assert draft.applicant_id == grantor.pk
    assert draft.author_id == agent.pk


def test_a_service_that_is_switched_off_takes_no_drafts(services, resident):
    version = services.publish()
    version.service.enabled = False
    version.service.save()
    from egov.catalogue import queries as catalogue

    catalogue.kept.forget()
    with pytest.raises(ServiceClosed):
        actions.start_draft(resident, service="CL02", region="990102")


def test_files_replace_each_other_where_one_is_asked(a_draft, a_picture, resident):
    draft = a_draft(resident)
    actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture("one.png"))
    actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture("two.png", size=50))
    opened = queries.open_draft(resident, reference=draft.reference)
    assert [each.file.name for each in opened.attachments] == ["two.png"]
    actions.detach(resident, draft=draft.reference, attachment=opened.attachments[0].pk)
    assert queries.open_draft(resident, reference=draft.reference).attachments == ()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("photo.png", b"MZ\x90\x00 not a picture", content_type="image/png"),
        SimpleUploadedFile("photo.png", b"", content_type="image/png"),
        SimpleUploadedFile("letter.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf"),
    ],
    ids=["program under the name of a picture", "empty", "document where a picture is asked"],
)
def test_a_file_of_the_wrong_kind_is_told_at_its_question(a_draft, resident, upload):
    draft = a_draft(resident)
    with pytest.raises(InvalidInput) as refused:
        actions.attach(resident, draft=draft.reference, material="photo", upload=upload)
    assert refused.value.faults[0].path == "photo"
    assert not queries.open_draft(resident, reference=draft.reference).attachments


def test_a_material_the_form_does_not_take_is_told_at_the_material(a_draft, resident, a_picture):
    draft = a_draft(resident)
    attempts = [
        lambda: actions.attach(resident, draft=draft.reference, material="passport", upload=a_picture()),
        lambda: actions.keep_upload(resident, version=draft.version, material="passport", upload=a_picture()),
    ]
    for attempt in attempts:
        with pytest.raises(InvalidInput) as refused:
            attempt()
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [("material", "unknown")]
    assert not StoredFile.objects.exists()


def test_a_file_that_is_too_large_is_refused(a_draft, resident):
    draft = a_draft(resident)
    upload = SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n" + b"0" * 1_100_000, content_type="image/png")
    with pytest.raises((InvalidInput, TooLarge)):
        actions.attach(resident, draft=draft.reference, material="photo", upload=upload)


def test_discarding_deletes_what_was_typed(a_draft, a_picture, resident):
    draft = a_draft(resident)
    actions.attach(resident, draft=draft.reference, material="photo", upload=a_picture())
    actions.discard(resident, draft=draft.reference)
    draft.refresh_from_db()
    assert (draft.answers, draft.sources, draft.attachments.count()) == ({}, {}, 0)
    with pytest.raises(NotFound):
        queries.open_draft(resident, reference=draft.reference)


def test_a_new_version_takes_along_what_still_fits(services, a_draft, resident):
    draft = a_draft(resident, answers={"reason": "lost", "lost_on": "2026-01-02", "name": "林晓雯"})
    properties = dict(CARD_FORM["properties"])
    properties.pop("lost_on")
    properties["name"] = question(zh="姓名", en="Name", maxLength=50)
    properties["reason"] = question("boolean", zh="办理原因", en="Reason")
    properties["email"] = question(zh="邮箱", en="E-mail", format="email")
    services.publish(form={"type": "object", "properties": properties, "required": ["name"]})
    assert not queries.open_draft(resident, reference=draft.reference).is_current
    migration = actions.migrate_draft(resident, draft=draft.reference)
    assert [text["en"] for text in migration.added] == ["E-mail"]
    assert [text["en"] for text in migration.removed] == ["Lost on"]
    assert [text["en"] for text in migration.changed] == ["Reason"]
    opened = queries.open_draft(resident, reference=draft.reference)
    assert opened.is_current
    assert opened.draft.answers == {"name": "林晓雯"}


def test_opening_a_draft_takes_two_statements(a_draft, resident, django_assert_num_queries):
    draft = a_draft(resident)
    queries.open_draft(resident, reference=draft.reference)
    with django_assert_num_queries(2):
        queries.open_draft(resident, reference=draft.reference).checked.faults  # noqa: B018
