"""A running city, as ``bin/demo`` starts it, and people who walk through it in a browser.

``EGOV_JOURNEYS_AT=http://localhost:8000`` walks through a demonstration that runs already: quicker while one is written.
``EGOV_JOURNEYS_PICTURES=/tmp/pictures`` keeps a picture of each page that is looked at, in the order of the walk.

Every page that a walker comes to is looked at (``looking``): what is wrong with any of them fails the journey at its
end. Walkers wait for what a page shows, never for time.
"""

import io
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image

from egov.identity.demo import PASSWORD
from tests.plugins import database
from tests.plugins.instances import BASE, PYTHON, Instance, answers, until
from tests.plugins.instances import embedded as parts
from tests.plugins.looking import as_written, judge, look_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Response

# Each journey is walked in Chinese on a phone and in English at a desk.
WALKS = {"zh-Hans": 320, "en": 1280}
# What people file from a phone in either language: the way from a need to its end.
ON_A_PHONE_TOO = pytest.mark.parametrize(("language", "width"), [*WALKS.items(), ("en", 320)])
FIRST_PORT, PORTS = 18_600, 20
WAIT = 40_000  # milliseconds for a page or a state to come
DELIVERED = 60  # seconds for the worker to do what an act asked of it
MOST_PAGES = 20


def _photo() -> dict[str, Any]:
    """A photo as a phone takes it: held sideways, with the place it was taken in its data."""
    image = Image.effect_noise((640, 480), 40).convert("RGB")
    data = image.getexif()
    data[ExifTags.Base.Orientation] = 6
    data[ExifTags.IFD.GPSInfo] = {1: "N", 2: (30.0, 15.0, 1.0)}
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=data)
    return {"name": "IMG_0423.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


PHOTO = _photo()


# --- The city -----------------------------------------------------------------------------------------


@dataclass
class RunningCity:
    """Web server, worker and payment gateway as processes of their own, over a freshly laid city."""

    instance: Instance | None
    address: str
    # What stands on its pages as somebody wrote it: the names of people, and what walkers typed.
    written: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.written |= set(
            self.python("from tests.plugins import looking\nprint('\\n'.join(looking.names()))").split("\n")
        )

    @classmethod
    def start(cls, place: Path) -> "RunningCity":
        # Each worker process looks from a place of its own: two that begin together would find the same one free.
        number = re.sub(r"\D", "", database.WORKER) or "0"
        port = parts.free_port(FIRST_PORT + PORTS * int(number))
        gateway_port = parts.free_port(port + 1)
        address, gateway_address = f"http://localhost:{port}", f"http://localhost:{gateway_port}"
        instance = Instance(place)
        own = {"EGOV_PUBLIC_URL": address, "EGOV_SANDBOX_GATEWAY_URL": gateway_address}
        parts.ensure_env(place / "env", own)
        instance.start()
        instance.run([PYTHON, "bin/_prepare.py", "--history", "0"])  # nothing walks through the past
        instance.worker(queues="urgent,ordinary")
        # Apart, as in production: heavy work must not stand in the way of the walkers.
        bulk = [PYTHON, "-m", "celery", "-A", "egov", "worker", "--without-mingle", "--without-gossip"]
        instance.spawn([*bulk, "-Q", "bulk", "-c", "1", "-n", "bulk@walked"])
        gateway = [PYTHON, "-m", "granian", "--interface", "wsgi", "egov.payments.sandbox:application"]
        instance.spawn([*gateway, "--host", "127.0.0.1", "--port", str(gateway_port), "--no-access-log"])
        instance.web(port)
        until(lambda: answers(f"{gateway_address}/healthz"), seconds=30, what="the payment gateway")
        return cls(instance, address)

    def python(self, code: str) -> str:
        """Run ``code`` in this city, for what no page does; what it prints."""
        instance = self.instance or _Demonstration(BASE / ".run")
        return instance.python(code)


class _Demonstration(Instance):
    """What ``bin/demo`` runs in this folder: addressed as ``manage.py`` by hand does."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in super().environment.items() if not key.startswith("EGOV_")}
        return {**kept, "DJANGO_SETTINGS_MODULE": "egov.settings"}


@pytest.fixture(scope="session")
def running_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[RunningCity]:
    """One for all journeys of a worker process; journeys therefore name what they made themselves."""
    if at := os.environ.get("EGOV_JOURNEYS_AT"):
        yield RunningCity(None, at)
        return
    place = BASE / ".run" / "test" / f"walked-{database.RUN_ID}-{database.WORKER}"
    with django_db_blocker.unblock():
        city = RunningCity.start(place)
    yield city
    with django_db_blocker.unblock():
        if city.instance:
            city.instance.end()


@dataclass(frozen=True)
class Filed:
    """Addresses of what was filed, and the number of its case."""

    receipt: str
    matter: str
    case_url: str
    case: str


# --- Walking ------------------------------------------------------------------------------------------


@dataclass
class Walker:
    """One person at one browser."""

    page: "Page"
    city: RunningCity
    language: str
    faults: list[str]
    looks: bool = True
    status: int = 200
    seen: set[str] = field(default_factory=set)
    post: str = ""

    def __post_init__(self) -> None:
        self.page.on("response", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: script: {error}"))
        self.page.on("console", self._hear)

    def _note(self, response: "Response") -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def _hear(self, message: Any) -> None:
        # The browser itself reports each answer of 4xx, which a form with a fault is.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.faults.append(f"{self.page.url}: console: {message.text}")

    @property
    def base(self) -> str:
        return self.city.address

    @property
    def zh(self) -> bool:
        return self.language == "zh-Hans"

    def say(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    # --- Looking
    def look(self) -> None:
        """Look at this page, once in each of its states."""
        if not self.looks or not self.page.url.startswith(self.base):
            return
        self.page.wait_for_load_state()
        where = f"{self.language} {self.path.partition('?')[0]} ({self.status})"
        content = self.page.content()
        state = f"{where} {hash(re.sub('csrf[^>]*>|nonce=[^ >]*', '', content))}"
        if state not in self.seen:
            self.seen.add(state)
            before = len(self.faults)
            found = look_at(self.page, self.status, self.language, written=as_written(self.city.written))
            found += judge(self.page, self.language)
            self._picture()
            del self.faults[before:]  # what looking itself brings up: axe sets styles that the policy refuses
            self.faults += [f"{where}: {fault}" for fault in found]

    def _picture(self) -> None:
        if folder := os.environ.get("EGOV_JOURNEYS_PICTURES"):
            page = re.sub(r"[^a-zA-Z0-9]+", "-", self.path.partition("?")[0]).strip("-") or "front"
            name = f"{int(time.time())}-{self.language}-{page[-60:]}.png"
            self.page.screenshot(path=str(Path(folder) / name), full_page=True, caret="initial")

    def sees(self, *texts: str | re.Pattern[str]) -> None:
        from playwright.sync_api import expect

        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text, timeout=WAIT)

    # --- Moving
    def go(self, path: str) -> None:
        separator = "&" if "?" in path else "?"
        self.page.goto(f"{self.base}{path}{separator}lang={self.language}")
        self.look()

    def sign_in(self, account: str, password: str = PASSWORD) -> None:
        """From the sign-in page, wherever it stands now, else from the front door."""
        if "/account/login/" not in self.page.url:
            self.go("/account/login/")
        self.page.fill("input[name=login]", account)
        self.page.fill("input[name=password]", password)
        self.press(self.page.locator("form:has(input[name=password]) button[type=submit]"))

    def capacity(self, kind: str) -> str:
        """The slug of a capacity of this person: ``self``, ``p-`` for a post, ``o-`` for an organisation …"""
        return self.capacities(kind)[0]

    def capacities(self, kind: str) -> list[str]:
        if not self.path.startswith("/me/"):
            self.go("/me/")
        hrefs = self.page.locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        slugs = [found[1] for href in hrefs if (found := re.match(r"/(?:as|desk|console)/([^/?]+)/", href))]
        return [slug for slug in dict.fromkeys(slugs) if slug.startswith(kind)]

    def press(self, what: "Locator") -> None:
        """Press a button or follow a link that leads to a page, and look at that page."""
        what.scroll_into_view_if_needed()
        with self.page.expect_navigation(wait_until="load"):
            what.click()
        self.look()

    def link(self, address: str) -> "Locator":
        """The first link of the page's body whose address has ``address`` in it."""
        return self.page.locator(f"main a[href*='{address}']:visible").first

    def follow(self, address: str) -> None:
        self.press(self.link(address))

    def button(self, name: str, value: str = "") -> "Locator":
        return self.page.locator(f"main button[name='{name}'][value='{value}']").first

    def submit(self) -> None:
        """The primary button of the page's form."""
        self.press(self.page.locator("main form button.usa-button[type=submit]:not([name=_attach])").first)

    # --- Filling in
    def fill(self, within: str = "main", **values: Any) -> None:
        """Answer by the names of the fields; a choice by its value, a date as "2026-11-20", a file by its path."""
        for name, value in values.items():
            self._fill(self.page.locator(within), name, value)
        self.settle()

    def _fill(self, place: "Locator", name: str, value: Any) -> None:
        if isinstance(value, str) and place.locator(f"[name='{name}__y']").count():
            for part, text in zip("ymd", value.split("-"), strict=True):
                place.locator(f"[name='{name}__{part}']").fill(text)
            return
        controls = place.locator(f"[name='{name}']")
        control = controls.first
        kind = control.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind == "file":
            control.set_input_files(value)
        elif kind == "radio":
            self._tick(place, f"[name='{name}'][value='{value}']")
        elif kind == "checkbox" and isinstance(value, bool):
            if control.is_checked() != value:
                self._tick(place, f"[name='{name}']")
        elif kind == "checkbox":
            for each in value if isinstance(value, list) else [value]:
                self._tick(place, f"[name='{name}'][value='{each}']")
        elif kind.startswith("select"):
            control.select_option(value)
        else:
            self.city.written.add(str(value))
            control.fill(str(value))

    def choose(self, name: str, words: str) -> None:
        """The choice of a list that has ``words`` in it."""
        value = self.page.locator(f"main select[name='{name}'] option", has_text=words).first.get_attribute("value")
        self.fill(**{name: value})

    def _tick(self, place: "Locator", selector: str) -> None:
        """By the label, as people do: the design system hides the control itself."""
        identifier = place.locator(selector).first.get_attribute("id")
        place.locator(f"label[for='{identifier}']").first.click()
        self.settle()

    def settle(self) -> None:
        """Until htmx has put in what an answer brings up."""
        from playwright.sync_api import expect

        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0, timeout=WAIT)

    def proceed(self, **values: Any) -> None:
        """Answer what this page of a form asks, and go on."""
        self.fill(**values)
        self.press(self.button("_act", "next"))

    # --- Filing
    def file(self, service: str, capacity: str = "self", **answers: Any) -> "Filed":
        """A service from its first page to the receipt; files that are asked and not given are a photo."""
        self.go(f"/as/{capacity}/start/{service}/")
        self.submit()
        self.complete(**answers)
        self.declare()
        return self.filed()

    def declare(self) -> None:
        """From the check of the answers to the receipt."""
        self.agree()
        self.submit()

    def agree(self) -> None:
        """That the answers are true and, when anything is fetched, that it may be."""
        ticked = {"declaration": True}
        if self.page.locator("#f-consent").count():
            ticked["consent"] = True
        self.fill(**ticked)

    def complete(self, **answers: Any) -> None:
        """Page by page up to the check of the answers. An answer not asked is a mistake of the test."""
        left = dict(answers)
        for _ in range(MOST_PAGES):
            if "/check/" in self.path:
                break
            for control in self.page.locator("main input[type=file]").all():
                left.setdefault(control.get_attribute("name") or "", PHOTO)
            while given := [name for name in left if self._is_asked(name)]:
                self.fill(**{name: left.pop(name) for name in given})  # an answer may bring up further questions
            self.press(self.button("_act", "next"))
            if self.status == 422:
                told = self.page.locator("main .usa-alert--error, main [role=alert]").first.inner_text()
                names = self.page.locator("main [name]:visible").evaluate_all("all => all.map(e => e.name)")
                raise AssertionError(f"{told}\n{', '.join(dict.fromkeys(names))}")
        assert "/check/" in self.path, self.path
        assert not left, f"never asked: {left}"

    def _is_asked(self, name: str) -> bool:
        return bool(self.page.locator(f"main [name='{name}'], main [name='{name}__y']").count())

    def filed(self) -> "Filed":
        """What the receipt says, and the case behind it; stays on the page of the matter."""
        receipt = self.path.partition("?")[0]
        self.follow("/matters/JZ")
        matter = self.path
        address = self.link("/cases/JZ").get_attribute("href") or ""
        return Filed(receipt, matter, address, address.rstrip("/").rpartition("/")[2])

    # --- At the desk
    def desk(self, path: str = "") -> None:
        """A page of the person's desk, in their first post."""
        if not self.post:
            self.post = self.capacity("p-")
        self.go(f"/desk/{self.post}/{path}")

    def console(self, path: str = "") -> None:
        """A page of the console of the person's department, in their first post."""
        if not self.post:
            self.post = self.capacity("p-")
        self.go(f"/console/{self.post}/{path}")

    def file_at_desk(self, service: str, **answers: Any) -> "Filed":
        """A request that the post files itself, on one page; what an answer brings up appears when it is saved."""
        self.desk("requests/")
        self.press(self.page.locator(f"form[action$='/requests/start/{service}/'] button"))
        self.fill(**answers)
        self.press(self.button("submit", "1"))
        assert self.status == 200, self.page.locator("main [role=alert]").first.inner_text()
        matter = self.path.partition("?")[0]
        act = self.page.locator("form[action$='/message/']").first.get_attribute("action") or ""
        return Filed(matter, matter, matter, act.split("/")[-3])

    def act(self, name: str, *, press: str = "", **values: Any) -> None:
        """Do one of the acts that a case page offers, which succeeds."""
        self.attempt(name, press=press, **values)
        assert self.status == 200, self.page.locator("main [role=alert]").first.inner_text()

    def attempt(self, name: str, *, press: str = "", **values: Any) -> None:
        """Fill in and send the form of an act, found by its address. ``press``: the outcome."""
        selector = f"form[action$='/acts/{name}/']" + (f":has(button[value='{press}'])" if press else "")
        form = self.page.locator(selector).first
        self._open(form)
        form.evaluate("form => form.querySelectorAll('details').forEach(each => { each.open = true })")
        self.fill(selector, **values)
        self.press(form.locator(f"button[value='{press}']" if press else "button[type=submit]:not([formaction])").first)

    def offers(self, name: str) -> bool:
        """Whether the case page offers the act."""
        return bool(self.page.locator(f"form[action$='/acts/{name}/']").count())

    def first_outcome(self) -> str:
        """The first way in which a step of this case may end: the one that lets it go on."""
        buttons = self.page.locator("form[action$='/acts/complete_step/'] button[name=outcome]")
        return buttons.first.get_attribute("value") or ""

    def _open(self, place: "Locator") -> None:
        """Unfold what the form lies in."""
        place.evaluate(
            "e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
        )

    # --- Waiting for the worker
    def until(self, shows: str) -> None:
        """Reload until the page shows what the worker does after an act."""
        locator = self.page.locator(shows)

        def there() -> bool:
            if locator.count():
                return True
            self.page.reload()
            return False

        until(there, seconds=DELIVERED, what=shows)
        self.look()

    def download(self, what: "Locator") -> bytes:
        with self.page.expect_download() as started:
            what.click()
        return Path(started.value.path()).read_bytes()


@pytest.fixture(params=WALKS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def width(language: str) -> int:
    """Pixels of the window."""
    return WALKS[language]


@pytest.fixture
def walker(
    chromium: "Browser", running_city: RunningCity, language: str, width: int
) -> Iterator[Callable[..., Walker]]:
    """``walker()``: a person at a browser of their own; ``walker("lin.xiaowen")``: signed in."""
    contexts, faults = [], []

    def make(account: str = "", *, javascript: bool = True, looks: bool = True) -> Walker:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        person = Walker(context.new_page(), running_city, language, faults, looks=looks)
        if account:
            person.sign_in(account)
        return person

    yield make
    for context in contexts:
        context.close()
    assert not faults, f"{len(faults)} faults on the way:\n" + "\n".join(dict.fromkeys(faults))
