"""What was asked for as one whole: its members, their order, one timeline."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import EventVersion, PublicService, ServiceVersion
from egov.documents.models import StoredFile
from egov.identity.models import Organisation, Party, Unit
from egov.kernel.text import LocalisedTextField


class MatterState(models.TextChoices):
    OPEN = "open", _("in progress")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Matter(models.Model):
    reference = models.CharField(max_length=40, unique=True)
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="matters")
    filed_by_id = models.BigIntegerField(null=True, blank=True)
    capacity = models.CharField(max_length=40)
    title = LocalisedTextField()
    need = models.TextField(blank=True)  # the sentence it began with
    event = models.CharField(max_length=10, blank=True)  # code of the life or business event
    # Of several services: the event as it was composed when they were filed, and the answers that chose among them,
    # as corrected since.
    event_version = models.ForeignKey(
        EventVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    determinants = models.JSONField(default=dict, blank=True)
    # Codes of the services that a corrected answer makes necessary, and of those that it makes unnecessary.
    lacking = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    superfluous = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    state = models.CharField(max_length=10, choices=MatterState, default=MatterState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    promised_due_at = models.DateTimeField(null=True, blank=True)  # as of the last look (``actions.watch_promises``)
    # Of an event: who answers for the whole, and since when a member endangers its promise.
    lead = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    lead_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    endangered_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        indexes = [
            models.Index(fields=["applicant", "-id"], name="matter_applicant"),
            models.Index(
                fields=["lead", "promised_due_at", "id"],
                name="matter_led",
                condition=Q(lead__isnull=False, state="open"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=True, lead_unit__isnull=True) | Q(lead__isnull=False, lead_unit__isnull=False),
                name="matter_lead_has_unit",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class MemberState(models.TextChoices):
    WAITING = "waiting", _("waiting for others")
    OPEN = "open", _("in progress")
    DONE = "done", _("done")
    FAILED = "failed", _("ended without success")
    DROPPED = "dropped", _("no longer needed")


class Member(models.Model):
    """One service of a matter, and the case that carries it (by reference)."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="members")
    key = models.CharField(max_length=64)
    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=MemberState, default=MemberState.WAITING)
    order = models.PositiveSmallIntegerField(default=0)
    optional = models.BooleanField(default=False)
    # Somebody else files it ("employer"): no case of this matter, yet others wait until it is there.
    by = models.CharField(max_length=20, blank=True)
    outputs = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why it was undone: {"why", "of": keys of the members it followed, "back": money that is not owed}.
    undone = models.JSONField(default=dict)
    endangers_since = models.DateTimeField(null=True, blank=True)  # the promise of the whole; None: it does not

    class Meta:
        verbose_name = _("member of a matter")
        verbose_name_plural = _("members of matters")
        constraints = [
            models.UniqueConstraint(fields=["matter", "key"], name="member_once"),
            models.UniqueConstraint(fields=["case"], condition=~Q(case=""), name="member_case_once"),
            models.CheckConstraint(condition=Q(by="") | Q(case=""), name="member_of_others_has_no_case"),
        ]
        indexes = [models.Index(fields=["service"], name="member_of_others", condition=Q(state="waiting") & ~Q(by=""))]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.key}"

    @property
    def kept(self) -> "PendingMember | None":
        """What its case will be opened with; None once it has one. Select ``pending`` where many are read."""
        return getattr(self, "pending", None)


class Declaration(models.Model):
    """The applicant says that what somebody else was to file is done. The department that waited for it judges it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="declaration")
    text = models.TextField()
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_party_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("declaration that something is done")
        verbose_name_plural = _("declarations that something is done")

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d}"


class PendingMember(models.Model):
    """What the case of a member that waits will be opened with, as it was when the person submitted.

    It goes when the case is opened; of a member that fell away before, it says what would have been.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="pending")
    case = models.CharField(max_length=40)  # the reference it will have: the bill names it already
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Why it goes there.
    rule = models.CharField(max_length=40)
    reasons = models.JSONField(default=list)
    region = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    price = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    submission = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("member that waits")
        verbose_name_plural = _("members that wait")
        constraints = [
            models.UniqueConstraint(fields=["case"], name="pending_case_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="pending_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.case}"


class PendingFile(models.Model):
    """A paper that was handed in for a member that waits."""

    pending = models.ForeignKey(PendingMember, on_delete=models.CASCADE, related_name="files")
    material = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file of a member that waits")
        verbose_name_plural = _("files of members that wait")

    def __str__(self) -> str:
        return f"{self.pending_id} {self.material}"


class Dependency(models.Model):
    """``after`` starts when ``before`` has succeeded; rows of one ``group`` are alternatives."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="dependencies")
    before = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="leads_to")
    after = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="waits_for")
    group = models.CharField(max_length=40, blank=True)
    passes = models.JSONField(default=dict)  # output element -> answer element

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="dependency_not_on_self"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"
