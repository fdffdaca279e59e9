"""What the public pages say: the answer first, figures from data only, nothing of anybody's."""

import re

import pytest

from egov.casework.models import Rating
from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.kernel import clock
from egov.measures.models import Availability, MeasureValue
from egov.routing.models import Need

pytestmark = pytest.mark.django_db

LANGUAGES = ("zh-Hans", "en")
CJK = re.compile(r"[\u3400-\u9fff]")


def text_of(html: str) -> str:
    """What a reader sees of the page's own language: no tags, nothing marked as another language."""
    body = html[html.index("<main") : html.index("</main>")]
    body = re.sub(r'<(\w+)[^>]*\slang="[^"]*"[^>]*>.*?</\1>', " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture
def city(public_city):
    return public_city


ADDRESSES = [
    "/", "/services", "/service/LC01", "/service/BR02", "/event/BE01", "/for/older", "/departments", "/department/jz.linjiang.market",
    "/track", "/verify", "/journal/proof", "/performance", "/ratings", "/status", "/help", "/privacy", "/accessibility",
    "/sitemap", "/styleguide/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_answers_in_each_language_and_only_in_it(client, city, address, language):
    response = client.get(address, {"lang": language})
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    if language == "en":
        found = CJK.findall(text_of(html))
        assert not found, "".join(found[:40])


@pytest.mark.parametrize("address", ["/", "/services", "/service/LC01", "/event/BE01", "/departments", "/performance"])
def test_the_number_of_statements_does_not_grow_with_the_rows(client, city, django_assert_max_num_queries, address):
    with django_assert_max_num_queries(14):
        assert client.get(address).status_code == 200


# --- Services ------------------------------------------------------------------------------------------
def test_a_service_says_who_what_cost_law_unit_and_appeal(client, city):
    page = text_of(client.get("/service/LC01?lang=en&region=990102").content.decode())
    for said in (
        "Food business licence", "10 working days", "by law at most 20 working days", "free", "Enterprises", "Floor plan",
        "Food Safety Law art. 35", "Linjiang Market Regulation", "0999-1234", "Administrative reconsideration", "How long?",
    ):  # fmt: skip
        assert said in page, said


def test_a_service_that_can_be_filed_leads_to_the_form_through_the_choice_of_capacity(client, city):
    html = client.get("/service/LC01?lang=en").content.decode()
    assert 'href="/me/?start=LC01"' in html


@pytest.mark.parametrize(("page", "begins"), [("/service/LC01", "start=LC01"), ("/event/BE01", "event=BE01")])
def test_the_words_that_led_here_go_along_when_one_begins(client, city, page, begins):
    html = client.get(page, {"said": "开个&店", "lang": "en"}).content.decode()
    assert f'href="/me/?{begins}&amp;need=%E5%BC%80%E4%B8%AA%26%E5%BA%97"' in html
    assert "开个" not in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("words", "written_in"), [("我想开个面馆", "zh-Hans"), ("open a noodle shop", "en")])
def test_what_is_kept_to_learn_from_is_in_the_language_of_its_words(client, city, language, words, written_in):
    client.get("/need", {"q": words, "lang": language})
    assert Need.objects.get().language == written_in


def test_a_listed_service_says_where_to_file_and_has_no_button_to_begin(client, city):
    page = client.get("/service/BR02?lang=en&region=990102").content.decode()
    assert "This service is filed elsewhere" in page
    assert "/me/?start=BR02" not in page
    assert "Linjiang Market Regulation" in page


def test_without_measurements_no_figure_is_shown(client, city):
    assert "there is nothing measured to show" in client.get("/service/LC01?lang=en").content.decode()
    assert "No case has been decided yet" in client.get("/?lang=en").content.decode()


def test_measured_times_stand_beside_the_legal_maximum(client, city):
    today = clock.today()
    for key, value in (("casework.duration_median", 3), ("casework.duration_p90", 8)):
        MeasureValue.objects.create(
            measure=key, slice="service:LC01", period_start=today, period_end=today, denominator=41, value=value,
            computed_at=clock.now(),
        )  # fmt: skip
    page = text_of(client.get("/service/LC01?lang=en").content.decode())
    assert "3 working days" in page
    assert "nine in ten within 8 working days" in page
    assert "From 41 cases" in page


def test_an_unknown_service_is_a_page_not_a_fault(client, city):
    assert client.get("/service/ZZ99").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=licence", ["LC01"]), ("q=事项BR", ["BR02"]), ("how=online", ["LC01"]), ("how=listed", ["BR02"]), ("event=BE01", ["BR02", "LC01"]), ("q=nothing", [])],
)  # fmt: skip
def test_filters_of_the_list(client, city, query, found):
    html = client.get(f"/services?{query}").content.decode()
    assert sorted(set(re.findall(r'href="/service/((?:LC|BR)\d\d)"', html))) == found


def test_a_damaged_cursor_is_answered_not_crashed(client, city):
    assert client.get("/services?after=%ff").status_code == 422


def test_members_of_an_event_stand_in_the_order_of_their_edges(client, city):
    html = client.get("/event/BE01?lang=en").content.decode()
    assert html.index("Sole trader registration") < html.index("Food business licence")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_out_of_force_says_so_and_names_its_services_one_by_one(client, city, language):
    Event.objects.update(withdrawn_at=clock.now())
    catalogue.kept.forget()
    response = client.get("/event/BE01", {"lang": language})
    assert response.status_code == 200
    html = response.content.decode()
    assert "/me/?event=BE01" not in html
    assert html.index("/service/BR02") < html.index("/service/LC01"), "in the order they follow"
    assert ("No longer offered as one application" in html) == (language == "en")
    assert '<meta name="robots" content="noindex">' in html
    for address in ("/", "/sitemap", "/service/LC01", "/services"):
        assert "BE01" not in client.get(address).content.decode(), address
    assert "noodle shop" not in client.get("/?lang=en").content.decode()


def test_an_event_leads_on_to_its_one_form(client, city):
    assert 'href="/me/?event=BE01"' in client.get("/event/BE01").content.decode()


def test_each_group_of_people_has_its_entry_in_the_footer(client, city):
    footer = client.get("/help?lang=en").content.decode().partition("<footer")[2]
    addresses = set(re.findall(r'href="(/for/[a-z-]+)"', footer))
    assert len(addresses) == 6
    assert all(client.get(address).status_code == 200 for address in addresses)
    assert client.get("/for/nobody").status_code == 404


# --- Tracking ------------------------------------------------------------------------------------------
def test_tracking_shows_state_unit_and_dates_and_nothing_of_the_person(client, city):
    case = city.accepted()
    page = client.get(f"/track?number={case.reference.lower()}&lang=en").content.decode()
    assert "Linjiang Market Regulation" in page
    assert "Accepted" in page
    assert "赵启明" not in page
    assert "望山小馆" not in page


def test_a_typing_error_is_named_as_one(client, city):
    case = city.received()
    wrong = case.reference[:-1] + ("A" if case.reference[-1] != "A" else "B")
    response = client.get("/track", {"number": wrong, "lang": "en"})
    assert response.status_code == 422
    assert "typing error" in response.content.decode()


@pytest.mark.parametrize("typed", ["", "x" * 500, "' or 1=1", "‮JZ", "<script>alert(1)</script>", "\x00"])
def test_whatever_is_typed_is_answered(client, city, typed):
    response = client.get("/track", {"number": typed})
    assert response.status_code in (200, 400, 404, 422)
    assert "<script>alert" not in response.content.decode()


# --- Openness ------------------------------------------------------------------------------------------
def test_bad_ratings_are_public_with_what_was_done_but_not_with_who(client, city):
    bad, good = city.decided(), city.decided()
    Rating.objects.create(
        case=bad, grade=1, text="赵启明：窗口让我跑了三次", at=clock.now(), rectified_at=clock.now(),
        public_answer={"zh-Hans": "已培训窗口人员", "en": "The counter staff was trained"},
    )  # fmt: skip
    Rating.objects.create(case=good, grade=5, text="很好", at=clock.now())
    page = client.get("/ratings?lang=en").content.decode()
    assert "The counter staff was trained" in page
    assert "赵启明" not in page
    assert "跑了三次" not in page
    assert page.count('class="panel') == 1


def test_the_status_page_counts_what_was_probed(client, db):
    import datetime as dt

    now = clock.now()
    Availability.objects.bulk_create(
        Availability(at=now - dt.timedelta(minutes=n), ok=n != 3, milliseconds=12) for n in range(10)
    )
    page = client.get("/status?lang=en").content.decode()
    assert "90.00%" in page
    assert "Everything answers" in page
    assert page.count("<rect class=") - 4 == 90  # without the legend


def test_old_probes_say_nothing_about_now(client, db):
    import datetime as dt

    Availability.objects.create(at=clock.now() - dt.timedelta(hours=2), ok=True)
    assert "No measurement right now" in client.get("/status?lang=en").content.decode()


def test_departments_have_their_figures_in_one_table(client, city):
    today = clock.today()
    MeasureValue.objects.create(
        measure="casework.on_time", slice=f"department:{city.department.pk}", period_start=today, period_end=today,
        numerator=9, denominator=10, value="0.9", low="0.5958", high="0.9821", computed_at=clock.now(),
    )  # fmt: skip
    page = text_of(client.get("/performance?lang=en").content.decode())
    assert "Linjiang Market Regulation" in page
    assert "90.0%" in page
    assert "59.6–98.2" in page


# --- Proof ---------------------------------------------------------------------------------------------
def test_the_journal_page_proves_a_sealed_act(client, city, journal_key):
    from egov.journal import actions as journal

    case = city.received()
    assert "Sealed within 60 seconds" in client.get(f"/journal/proof/{case.reference}?lang=en").content.decode()
    journal.seal_pending()
    page = client.get(f"/journal/proof/{case.reference}?lang=en").content.decode()
    assert "Entered, and unchanged since" in page
    proof = client.get(f"/journal/proof/{case.reference}?format=json").json()
    assert len(bytes.fromhex(proof["leaf_sha256"])) == 32
    assert proof["checkpoint"].startswith("egov/JZ/journal\n")


@pytest.mark.parametrize("typed", ["x", "1" * 30, "case:none", "JZ-C-261124-00042-AA", "..%2f..", "-1"])
def test_what_the_journal_does_not_know_is_not_found(client, db, typed):
    assert client.get(f"/journal/proof/{typed}").status_code == 404


def test_the_box_of_the_journal_leads_to_the_proof(client, db):
    response = client.get("/journal/proof", {"reference": " jz-c-261124-00042-qu "})
    assert response["Location"] == "/journal/proof/JZ-C-261124-00042-QU"


@pytest.mark.parametrize("typed", ["<img src=x>", "a/b", "x"])
def test_what_is_no_number_is_said_at_the_box_of_the_journal(client, db, typed):
    response = client.get("/journal/proof", {"reference": typed, "lang": "en"})
    assert response.status_code == 422
    assert 'href="#reference"' in response.content.decode()


def test_figures_of_a_service_that_does_not_exist_are_left_out(client, db):
    page = client.get("/performance", {"service": "</no", "lang": "en"})
    assert page.status_code == 200
    assert "Back to the service" not in page.content.decode()


# --- Verification --------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["ABCD-EFGH", "x" * 300, "' or 1=1", "<b>"])
def test_an_unknown_code_is_said_at_the_field(client, db, code):
    response = client.get("/verify", {"code": code, "lang": "en"})
    assert response.status_code == 404
    assert 'href="#code"' in response.content.decode()


def test_a_file_that_is_not_ours_is_said_so(client, db):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = client.post("/verify?lang=en", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 nothing")})
    assert response.status_code == 422
    assert "No document of this platform has this content" in response.content.decode()
    assert client.post("/verify?lang=en", {}).status_code == 422
