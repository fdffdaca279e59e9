"""Each form with good and with bad input: what is wrong is said at the field, and nothing typed is lost."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from egov.catalogue.models import Competence, Event, EventVersion, PublicService, ServiceVersion
from egov.catalogue.rules import differences
from egov.deadlines.models import CalendarDay
from egov.identity.models import Organisation, Post, Unit
from egov.kernel import clock, configuration, outbox
from egov.kernel.memory import Kept
from egov.kernel.models import OutboxMessage
from egov.law.models import DecisionTable
from egov.routing import actions
from egov.routing.models import Example, Need, Synonym
from portals.console import readable
from portals.console.differences import shown_differences

pytestmark = pytest.mark.django_db
DEPARTMENT = {
    "name_zh": "江州市文旅局",
    "name_en": "Culture Bureau",
    "key": "jz.culture",
    "level": "city",
    "region": "990100",
    "parent": "",
}


def refused(response, *words):
    """422, with the words on the page."""
    page = response.content.decode()
    assert response.status_code == 422, page[:500]
    for word in words:
        assert word in page
    return page


def test_a_department_is_opened_changed_closed_and_opened_again(console):
    desk = console.admin
    refused(desk.post("departments/new", {**DEPARTMENT, "key": "Culture Bureau"}), "Culture Bureau", "江州市文旅局")
    assert desk.post("departments/new", DEPARTMENT).status_code == 302
    refused(desk.post("departments/new", DEPARTMENT), "jz.culture")
    changes = {
        "name_zh": "江州市文化局",
        "name_en": "Culture",
        "short_zh": "文化局",
        "short_en": "Culture",
        "phone": "12",
    }
    assert desk.post("departments/jz.culture/change", changes).status_code == 302
    page = desk.html("departments/jz.culture")
    assert "江州市文旅局" in page, "what stood there before"
    assert "管理员" in page, "who changed it"
    assert desk.post("departments/jz.culture/close").status_code == 302
    assert Organisation.objects.get(key="jz.culture").dissolved_on == clock.today()
    assert desk.post("departments/jz.culture/reopen").status_code == 302
    assert Organisation.objects.get(key="jz.culture").dissolved_on is None


def test_a_department_with_units_stays_open(console):
    page = refused(console.admin.post("departments/jz.linjiang.market/close"))
    assert "科室" in page or "open units" in page


def test_a_unit_is_changed_and_a_taken_key_refused(console):
    desk, key = console.market_admin, console.unit.key
    new = {"name_zh": "新科", "name_en": "New", "key": key}
    refused(desk.post("departments/jz.linjiang.market/units/new", new), "新科", key)
    assert desk.post(f"units/{key}/change", {"name_zh": "综合科", "name_en": "General"}).status_code == 302
    assert Unit.objects.get(key=key).name == {"zh-Hans": "综合科", "en": "General"}
    refused(desk.post(f"units/{key}/change", {"name_zh": "", "name_en": "x"}))


def test_the_last_service_hall_stays_one(console):
    refused(console.admin.post("units/jz.data.hall/change", {"name_zh": "大厅", "name_en": "Hall"}))
    assert Unit.objects.get(key="jz.data.hall").is_service_hall


def test_a_post_for_nobody_and_a_post_that_ends(console):
    form = {"username": "nobody", "title_zh": "甲", "title_en": "A", "roles": ["reviewer"], "valid_from": "2026-03-02"}
    refused(console.market_admin.post(f"units/{console.unit.key}/posts/new", form), "nobody")
    post = console.officer.actor.post_id
    refused(console.market_admin.post(f"posts/{post}/end", {"day": "2001-01-01"}))
    last = clock.today() + dt.timedelta(days=5)
    assert console.market_admin.post(f"posts/{post}/end", {"day": last.isoformat()}).status_code == 302
    assert Post.objects.get(pk=post).valid_to == last


def test_a_rule_with_a_wrong_condition_or_reversed_days_is_refused(console):
    rule = {"region": "990102", "unit": console.unit.pk, "priority": 1, "valid_from": "2026-03-02", "note": "大店"}
    refused(console.market_admin.post("services/LC01/competence", {**rule, "condition": "area >"}), "area &gt;", "大店")
    assert Competence.objects.filter(service__code="LC01").count() == 1


def test_a_service_is_switched_with_a_reason(console):
    desk = console.market_admin
    refused(desk.post("services/LC01/switch", {"reason": ""}))
    assert desk.post("services/LC01/switch", {"reason": "系统升级"}).status_code == 302
    assert not PublicService.objects.get(code="LC01").enabled
    assert "市监管理员" in desk.html("services/LC01")


def typed(desk, path, **changes):
    """What the form of a page holds, ready to be posted."""
    form = desk.get(path).context["form"]
    held = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {**{name: "" if value is None else value for name, value in held.items()}, **changes}


def test_a_version_is_written_read_and_not_reviewed_by_its_writer(console):
    desk = console.market_admin
    refused(desk.post("services/LC01/draft", {"change_reason": ""}))
    begun = desk.post("services/LC01/draft", {"change_reason": "改简介"})
    assert begun["Location"].endswith("services/LC01/versions/2"), "its own page, with its parts"
    hub = desk.html("services/LC01/versions/2")
    for words in ("Texts and time", "Materials", "Fee", "Review plan", "Results", "Letters", "Expert view"):
        assert words in hub
    assert "<textarea" not in hub
    refused(desk.post("services/LC01/versions/2/edit", {"structured": "a: ["}), "a: [")
    new = typed(desk, "services/LC01/versions/2/texts", summary_zh="新的简介", summary_en="A card anew")
    refused(desk.post("services/LC01/versions/2/texts", {**new, "statutory_limit": "1", "statutory_unit": "wd"}))
    assert desk.post("services/LC01/versions/2/texts", new).status_code == 302
    draft = ServiceVersion.objects.get(service__code="LC01", state="draft")
    shown = desk.html("services/LC01/versions/2")
    assert "<ins>" in shown
    assert "Somebody else has to review it" in shown
    desk.post("services/LC01/versions/2/review")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert desk.post("services/LC01/draft", {"change_reason": "x"}).status_code == 422, "one draft at a time"


def test_who_drafted_approved_and_published_a_version_is_told_with_the_reason(console):
    desk = console.market_admin
    desk.post("services/LC01/draft", {"change_reason": "改简介"})
    page = desk.get("services/LC01/versions/2/texts").context["form"].initial
    for summary in ("一", "二"):
        desk.post("services/LC01/versions/2/texts", {**page, "summary_zh": summary, "statutory_limit": ""})
    console.admin.post("services/LC01/versions/2/review")
    console.admin.post("services/LC01/versions/2/publish")
    console.admin.post("tables/cn.fire-check-before-opening/1/draft")
    for shown in (desk.html("services/LC01"), desk.html("changes"), console.admin.html("changes")):
        for words in (
            "version 2: drafted",
            "version 2: changed 2 times",
            "version 2: approved",
            "version 2: published",
        ):
            assert words in shown, words
        assert "改简介" in shown
        assert "市监管理员" in shown
    assert "Decision table" in console.admin.html("changes")
    assert "version 2: published" not in console.fire_admin.html("changes"), "what others configure is theirs"


def test_differences_are_told_in_words():
    before = {"materials": [{"key": "plan", "name": {"zh-Hans": "平面图", "en": "Floor plan"}, "required": "always"}]}
    after = {"materials": [{"key": "plan", "name": {"zh-Hans": "平面图", "en": "Floor plan"}, "required": "never"}]}
    assert told(before, after) == [("“Floor plan” › when it is needed", "in every case", "it may be left out")]


STEP = {
    "key": "check",
    "title": {"zh-Hans": "审查", "en": "Check"},
    "kind": "review",
    "role": "section_head",
    "unit": "handling",
    "limit": {"n": 2, "unit": "wd"},
    "after": [],
}
KIND = {
    "type": "string",
    "enum": ["sale"],
    "x-title": {"zh-Hans": "业态", "en": "Kind"},
    "x-labels": {"sale": {"zh-Hans": "销售", "en": "Sale of food"}},
}


@pytest.mark.django_db
def test_differences_use_the_words_of_the_editors_and_the_titles():
    form = {"type": "object", "properties": {"kind": KIND}, "required": []}
    before = {"form": form, "plan": {"steps": [STEP]}}
    visit = {
        **STEP,
        "key": "visit",
        "title": {"zh-Hans": "核查", "en": "Visit"},
        "kind": "inspection",
        "after": ["check"],
    }
    after = {
        "form": {**form, "required": ["kind"]},
        "plan": {"steps": [{**STEP, "when": 'kind != "sale"', "unit": "department_head"}, visit]},
    }
    found = {place: (gone, come) for place, gone, come in told(before, after)}
    assert found["required"] == ("", "– Kind")
    assert found["steps › “Check” › only when"] == ("", "“Kind”: not Sale of food")
    assert found["steps › “Check” › where"] == ("the unit that handles the case", "the head of the department")
    added = found["steps › “Visit”"][1]
    for words in ("kind: visit the place", "role: Section head", "time: 2 working days", "after: Check"):
        assert words in added, added
    assert "key:" not in added


def told(before, after):
    """Where, what goes and what comes, in English."""
    with translation.override("en"):
        return [
            (
                " › ".join(str(step) for step in each.place[1:]),
                "".join(piece.text for piece in each.before),
                "".join(piece.text for piece in each.after),
            )
            for each in shown_differences(differences(before, after), before, after)
        ]


def test_words_and_sentences(console):
    desk = console.market_admin
    word = {"language": "en", "said": "pho bar", "meant": "noodles"}
    assert desk.post("words", word).status_code == 302
    refused(desk.post("words", word), "pho bar")
    assert desk.post(f"words/{Synonym.objects.get(said='pho bar').pk}/remove").status_code == 302
    assert desk.post("services/LC01/examples", {"text": "我要开一家粉店"}).status_code == 302
    refused(desk.post("services/LC01/examples", {"text": "我要开一家粉店"}))
    assert Example.objects.get(text="我要开一家粉店").target == "LC01"
    assert "LC01" in desk.html("words", {"q": "我要开一家粉店"})


def test_what_officers_say_was_meant_waits_for_who_decides(console):
    """Of a service its department and the platform, of an event the platform alone; both see who says so."""
    Event.objects.create(code="BE90", kind="business", name={"zh-Hans": "摆摊", "en": "Keeping a stall"}, summary={})
    actions.correct_need(console.officer.actor, text="我想开个小饭馆", target="LC01")
    actions.correct_need(console.officer.actor, text="我想摆个煎饼摊", target="BE90")
    assert "2 sentences wait for you" in console.admin.html("")
    assert "1 sentence waits for you" in console.market_admin.html("")
    assert "wait for you" not in console.fire_admin.html("")
    platform, market = console.admin.html("words"), console.market_admin.html("words")
    for words in ("我想开个小饭馆", "我想摆个煎饼摊", "Keeping a stall", "an officer", "the platform"):
        assert words in platform
    assert "我想开个小饭馆" in market
    assert "我想摆个煎饼摊" not in market
    assert "我想开个小饭馆" not in console.fire_admin.html("words")
    need = Need.objects.get(chosen="LC01")
    assert console.market_admin.post(f"words/needs/{need.pk}", {"target": "LC01"}).status_code == 302
    assert Example.objects.get(text="我想开个小饭馆").target == "LC01"
    event = Need.objects.get(chosen="BE90")
    assert console.market_admin.post(f"words/needs/{event.pk}", {"target": ""}).status_code == 403
    assert console.admin.post(f"words/needs/{event.pk}", {"target": "BE90"}).status_code == 302
    assert "Nothing waits." in console.admin.html("words")


def test_what_nobody_could_be_helped_with_is_shown_to_the_platform(console):
    said = {"language": "zh-Hans", "at": clock.now()}
    Need.objects.bulk_create([Need(text="飞碟停放证", **said) for _ in range(3)])
    Need.objects.create(text="开面馆", offered=[{"kind": "service", "code": "LC01", "score": 0.9}], **said)
    page = console.admin.html("words")
    assert "Nothing was found for this" in page
    assert page.count("飞碟停放证") == 1, "once, with how often"
    assert '<td class="num" data-l="How often">3</td>' in page
    assert "?q=%E9%A3%9E" in page, "it can be tried at once"
    assert "飞碟停放证" not in console.market_admin.html("words")


def test_the_overview_shows_every_version_that_waits(console, services):
    """Of services, of events and of decision tables; to a department those that are its own."""
    ServiceVersion.objects.filter(pk=services.publish("LC91").pk).update(state="draft")
    words = {"name": {"zh-Hans": "摆摊", "en": "Keeping a stall"}, "summary": {}, "definition": {}}
    EventVersion.objects.create(code="BE90", number=1, kind="business", lead_role="market", **words)
    EventVersion.objects.create(code="BE91", number=1, kind="business", lead_role="fire", **words)
    DecisionTable.objects.create(key="jz.stall-fee", version=1, name=words["name"], inputs={}, model={}, tests=[])
    Competence.objects.create(
        department_role="market", region_id="990102", department=console.market, valid_from="2020-01-01"
    )
    Kept.forget_all()
    page = console.admin.html("")
    for code in ("LC91", "BE90", "BE91", "jz.stall-fee"):
        assert code in page
    assert "No version waits" not in page
    market = console.market_admin.html("")
    assert "BE90" in market
    assert "BE91" not in market
    assert "jz.stall-fee" not in market


def test_a_role_is_counted_where_its_page_lists_it(console):
    """The figure and the list behind it are of the same departments."""
    assert re.search(r"Administrator of the platform</a></th><td class=\"num\">1<", console.admin.html("permissions"))
    page = console.market_admin.html("permissions")
    assert re.search(r"Administrator of the platform</a></th><td class=\"num\">0<", page)
    assert re.search(r"Reviewer</a></th><td class=\"num\">1<", page)
    nobody = console.market_admin.html("permissions/roles/platform_admin")
    assert "Nobody in the departments that you configure has this role today." in nobody


def test_days_of_a_year(console):
    desk = console.admin
    wrong = desk.post("calendars/default/load", {"days": "2031-01-01 off 元旦\n2031-13-01 off\nsoon"})
    page = refused(wrong, "2031-13-01", "soon")
    assert "2031-01-01 off 元旦" in page
    good = {"days": "2031-01-01 off 元旦 / New Year's Day\n2031-01-04 班"}
    assert desk.post("calendars/default/load", good).status_code == 302
    day = CalendarDay.objects.get(day="2031-01-01", calendar__key="default")
    assert (day.is_working, day.name["en"]) == (False, "New Year's Day")
    assert CalendarDay.objects.get(day="2031-01-04", calendar__key="default").is_working
    assert desk.get("calendars/default", {"year": "2031"}).status_code == 200
    assert desk.get("calendars/default", {"year": "99999"}).status_code == 200


def test_lines_of_days_are_read():
    (day,) = readable.days_in("2027-01-01 休 元旦 / New Year's Day\n\n")
    assert day.name == {"zh-Hans": "元旦", "en": "New Year's Day"}


def test_a_grant_is_for_a_department_or_a_service(console):
    desk = console.admin
    refused(desk.post("permissions", {"username": "x", "department": console.market.pk, "service": "LC01"}))
    refused(desk.post("permissions", {"username": "nobody", "department": console.market.pk}), "nobody")


def test_events_given_up_are_delivered_again(console):
    message = OutboxMessage.objects.create(
        emitted_at=clock.now(), due_at=clock.now(), name="test", payload={}, dead_at=clock.now(), last_error="boom"
    )
    assert "boom" in console.admin.html("system")
    assert console.admin.post("system/events", {"event": [message.pk]}).status_code == 302
    assert outbox.waiting().dead == 0


def test_the_configuration_goes_out_and_comes_in_after_a_look(console):
    desk = console.admin
    content = desk.get("configuration/file").content
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert {"manifest.yaml", "departments.yaml", "calendars.yaml", "catalogue.yaml", "words.yaml"} <= set(names)
    refused(desk.post("configuration", {"file": SimpleUploadedFile("x.zip", b"PK?")}))
    Post.objects.filter(unit=console.other_unit).delete()
    Competence.objects.filter(unit=console.other_unit).delete()
    Unit.objects.filter(pk=console.other_unit.pk).delete()
    response = desk.post("configuration", {"file": SimpleUploadedFile("x.zip", content)})
    assert response.status_code == 200, response.content.decode()[:3000]
    assert console.other_unit.key in response.content.decode()
    assert not Unit.objects.filter(key=console.other_unit.key).exists(), "looking writes nothing"
    assert desk.post("configuration/apply", {"token": response.context["token"]}).status_code == 302
    assert Unit.objects.filter(key=console.other_unit.key).exists()


def test_what_an_administrator_brings_in_is_told_as_theirs_and_waits(console):
    desk = console.admin
    data = configuration.unpack(desk.get("configuration/file").content)
    service = next(row for row in data["catalogue"]["services"] if row["code"] == "LC01")
    service["content"]["summary"] = {"zh-Hans": "新的简介。", "en": "Another summary."}
    configuration.bring_in(desk.actor, data=data, commit=True)
    assert ServiceVersion.objects.get(service__code="LC01", state="published").number == 1
    page = desk.html("services/LC01/versions/2")
    assert "Somebody else has to review it" in page
    assert "管理员" in page.partition("Written by")[2].partition("</dd>")[0]
    for shown in (desk.html("services/LC01"), desk.html("changes")):
        assert "version 2: brought in with a configuration" in shown
