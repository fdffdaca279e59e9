"""The keys of the desk, in one place: pages show the ones that work there, the help page shows all."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portals.shared.components import KeyHint

NEXT_ROW = KeyHint(("j", "k"), _("next, previous"))
OPEN = KeyHint(("Enter",), pgettext_lazy("key", "open"))
CHOOSE = KeyHint(("x",), _("choose"))
CLAIM = KeyHint(("c",), _("claim"))
CLAIM_NEXT = KeyHint(("n",), _("claim the most urgent"))
GIVE_BACK = KeyHint(("r",), _("give back"))
PASS_ON = KeyHint(("t",), _("pass on"))
SEARCH = KeyHint(("/",), _("search"))
ALL = KeyHint(("?",), _("all keys"))
VIEWS = KeyHint(("1", "7"), _("first to last view"))
FILTER = KeyHint(("f",), _("filter"))

BACK = KeyHint(("u",), _("back to the list"))
DECIDE = KeyHint(("d",), _("write the decision"))
ACT = KeyHint(("a",), _("first thing to do"))
EVIDENCE = KeyHint(("e",), _("evidence"))
MESSAGE = KeyHint(("m",), _("message"))
ASK = KeyHint(("o",), _("ask for an opinion"))
HISTORY = KeyHint(("h",), _("history"))

INBOX = (NEXT_ROW, OPEN, CHOOSE, CLAIM, CLAIM_NEXT, ALL, GIVE_BACK, PASS_ON, SEARCH, FILTER, VIEWS)
CASE = (ACT, DECIDE, ASK, MESSAGE, BACK, ALL, EVIDENCE, HISTORY, SEARCH)
