"""Entries for people whom an office easily overlooks: what is there for them, and what makes it easier.

Which services belong to a group is configuration by code; a service that is not published is left out.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Group:
    """``codes`` of services, the most asked for first; ``help`` names the page's own anchors of ``/help``."""

    key: str
    name: Text
    lead: Text
    codes: tuple[str, ...]
    easier: tuple[tuple[Text, str], ...]  # what helps, and where it leads


_HELPER = (_("A child, neighbour or friend may act for you; you stay the one who decides"), "/help#helper")
_HALL = (_("Everything also at a counter, with somebody who fills in the form with you"), "/help#hall")
_PHONE = (_("By telephone, day and night: 12345"), "/help#phone")
_LARGE = (_("Large type, also on this page"), "/accessibility")

GROUPS = {
    group.key: group
    for group in (
        Group(
            "older",
            _("Older people"),
            _("Pension, health, care and allowances. No smartphone is needed for any of them."),
            ("SI07", "CL20", "MH13", "MH03", "MH10", "MH11", "HF07", "SI12", "MH04", "SI05"),
            (_LARGE, _PHONE, _HELPER, _HALL),
        ),
        Group(
            "disabled",
            _("Disabled people"),
            _("Certificate, allowances, work and schooling."),
            ("CL16", "CL17", "MH11", "SI11", "EM03", "ED01", "MH10"),
            ((_("What these pages promise to screen readers and keyboards"), "/accessibility"), _HELPER, _PHONE, _HALL),
        ),
        Group(
            "newcomers",
            _("New residents"),
            _("Coming from another city: residence, insurance, school and work."),
            ("CL04", "CL03", "SI06", "HF06", "MH03", "ED01", "ED03", "SI12", "CL19", "HF04"),
            (_HALL, _PHONE),
        ),
        Group(
            "low-income",
            _("Low-income families"),
            _("Allowances, housing, aid for pupils and legal aid. Asking costs nothing."),
            ("CL18", "CL19", "ED05", "ED06", "CP06", "CL17", "EM03", "MH04"),
            (_HELPER, _HALL, _PHONE),
        ),
        Group(
            "young",
            _("Young people"),
            _("First job, training, a home, a company of one's own."),
            ("EM02", "EM08", "EM06", "SI15", "HF04", "EM04", "EM05", "CL14", "ED06", "CL05"),
            (_PHONE,),
        ),
        Group(
            "women",
            _("Women"),
            _("Birth, care, work and protection."),
            ("MH08", "MH05", "MH09", "MH06", "CL01", "MH15", "EM07", "CP07", "CP06"),
            (_PHONE, _HALL),
        ),
    )
}
