"""One case from the need to the verified document, through the hands of everybody who has to do with it."""

import shutil
import subprocess

import pytest

from tests.plugins.walking import PHOTO

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

LOST = "2026-03-02"
GENUINE = {"zh-Hans": "真的，现在有效", "en": "Genuine, and in force"}


def signature_of(pdf, tmp_path):
    """What poppler says of the signature; the document's own, not whether this machine trusts the authority."""
    if shutil.which("pdfsig") is None:
        pytest.skip("!!! pdfsig (poppler-utils) is not installed: signatures are NOT checked by a second program")
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def altered(pdf):
    """One bit of one byte, in the midst of what the signature covers."""
    place = pdf.index(b"endstream") - 8
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def as_file(pdf):
    return {"name": "document.pdf", "mimeType": "application/pdf", "buffer": pdf}


def test_a_lost_card_from_the_need_to_the_verified_document(walker, tmp_path):
    person = walker()
    matter, case = ask_for_the_card(person)

    # The window finds it in its inbox, takes it, and finds the photo wanting.
    clerk = walker("police.clerk")
    take(clerk, case)
    clerk.act(
        "request_correction", material="id_photo", why=clerk.say("照片背景要白色。", "The background must be white.")
    )
    clerk.sees(clerk.say("照片背景要白色。", "The background must be white."))

    # Whoever filed it reads what is wanting, and answers it.
    person.go(matter)
    person.follow("/correction/")
    person.sees(person.say("照片背景要白色。", "The background must be white."))
    person.submit()
    assert person.status == 422  # nothing given
    person.fill(photo=PHOTO)
    person.submit()
    assert person.status == 200

    clerk.desk(f"cases/{case}/")
    clerk.act("accept")

    # The reviewer asks the department that keeps the register of names; that one sees the question and the name only.
    reviewer = walker("police.reviewer")
    take(reviewer, case)
    question = reviewer.say(f"{case}：此人有没有变更过姓名？", f"{case}: did this person change their name?")
    reviewer.act("ask_opinion", unit="jz.linjiang.civil.services", question=question, share="name")
    reviewer.sees(question)
    adviser = walker("civil.officer")
    adviser.desk("opinions/")
    adviser.press(adviser.page.locator("main a", has_text=case))
    adviser.sees(question)
    assert "/opinions/" in adviser.path
    adviser.fill(stance="agree", answer=adviser.say("没有变更记录。", "No change is on record."))
    adviser.submit()
    assert adviser.status == 200

    # Four eyes: whoever checked does not decide.
    reviewer.desk(f"cases/{case}/")
    reviewer.sees(reviewer.say("没有变更记录。", "No change is on record."))
    reviewer.act("complete_step", press="agree", note=reviewer.say("已核对。", "Checked."))
    assert not reviewer.page.locator("form[action$='/acts/draft_decision/']").count()
    section = walker("police.section")
    take(section, case)
    section.act("draft_decision", outcome="granted", reasons=section.say("符合条件。", "All conditions are met."))

    # The person reads the decision, takes the sealed document, and rates.
    person.go(matter)
    person.until("main .docs a[href*='/verify/']")
    pdf, code = take_the_card(person, matter)
    assert "Signature is Valid" in signature_of(pdf, tmp_path)
    assert "Signature is Valid" not in signature_of(altered(pdf), tmp_path)
    person.go(matter)
    person.follow("/rate/")
    person.submit()
    assert person.status == 422  # no grade
    person.fill(grade="5", text=person.say("很快。", "Quick."))
    person.submit()
    assert person.status == 200

    anyone = walker()
    verify(anyone, pdf, code)

    # Who leads the department finds that it was issued in error; whoever verifies it is told so.
    section.desk(f"cases/{case}/")
    section.follow("/end/")
    section.submit()
    assert section.status == 422  # neither how nor why
    section.fill(kind="annulled", reason=section.say("发证有误。", "It was issued in error."))
    section.submit()
    assert section.status == 200
    anyone.go(f"/verify/{code}")
    assert GENUINE[anyone.language] not in anyone.page.locator("main .verdict h1").inner_text()
    anyone.sees(anyone.say("发证有误。", "It was issued in error."))


def ask_for_the_card(person):
    """The need in the person's own words, the form with what is known, the photo, the fee."""
    person.go("/")
    person.fill(q=person.say("身份证丢了", "I lost my identity card"))
    person.press(person.page.locator("main form button[type=submit]").first)
    person.follow("/service/CL02")
    person.press(person.page.locator("main a.usa-button").first)
    person.sign_in("lin.xiaowen" if person.zh else "zhao.qiming")
    person.follow("/as/self/")
    person.submit()
    person.complete(purpose="lost", lost_on=LOST, photo=PHOTO, delivery="counter")
    person.declare()
    filed = person.filed()
    person.follow("/bills/JZ")
    person.submit()
    person.page.locator("button[value=pay]").click()
    person.page.wait_for_url("**/bills/**")
    person.until("main .note--success")
    person.go(filed.matter)
    assert person.page.locator("ol.lanes").count()
    return filed.matter, filed.case


def take(officer, case):
    """By the inbox of the unit: found by its number, claimed, opened."""
    officer.desk(f"?view=unit&q={case}")
    officer.until("main button[name=claim]")
    officer.press(officer.page.locator("main button[name=claim]").first)
    officer.desk(f"?view=mine&q={case}")
    officer.follow(f"/cases/{case}/")


def take_the_card(person, matter):
    card = person.page.locator("main .docs .doc", has_text=person.say("居民身份证", "Resident identity card")).first
    person.press(card.locator("a[href*='/documents/']").first)
    code = (person.link("/verify/").get_attribute("href") or "").rstrip("/").rpartition("/")[2]
    return person.download(person.page.locator("main a[href$='/pdf/']").first), code


def verify(anyone, pdf, code):
    """By its code and by the file, without signing in; a byte changed."""
    genuine = GENUINE[anyone.language]
    verdict = anyone.page.locator("main .verdict h1")
    anyone.go("/verify")
    anyone.fill(code=code)
    anyone.submit()
    assert genuine in verdict.inner_text()
    anyone.go("/verify")
    anyone.fill(file=as_file(pdf))
    anyone.press(anyone.page.locator("form[method=post] button[type=submit]").last)
    assert genuine in verdict.inner_text()
    anyone.go("/verify")
    anyone.fill(file=as_file(altered(pdf)))
    anyone.press(anyone.page.locator("form[method=post] button[type=submit]").last)
    assert not verdict.count() or genuine not in verdict.inner_text()
