"""One case per service. A case keeps what it was decided on and knows nothing of its siblings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import PublicService, ServiceVersion
from egov.documents.models import IssuedDocument, StoredFile
from egov.identity.models import Organisation, Party, Post, Unit
from egov.kernel.money import MoneyField
from egov.kernel.text import LocalisedTextField


class CaseState(models.TextChoices):
    """The statutory lifecycle (service_items §3). The allowed moves stand in ``casework.rules.TRANSITIONS``."""

    SUBMITTED = "submitted", _("submitted, waiting for payment")
    RECEIVED = "received", _("received")
    CORRECTION = "correction", _("waiting for your correction")
    ACCEPTED = "accepted", _("accepted, under review")
    SUSPENDED = "suspended", _("clock stopped for a special procedure")
    DECIDED = "decided", _("decided, being issued")
    DELIVERED = "delivered", _("delivered")
    CLOSED = "closed", _("closed")
    NOT_ACCEPTED = "not_accepted", _("not accepted")
    REDIRECTED = "redirected", _("sent to the competent body")
    WITHDRAWN = "withdrawn", _("withdrawn")
    TERMINATED = "terminated", _("terminated")


class Outcome(models.TextChoices):
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    PARTLY = "partly", _("granted in part")


OPEN_STATES = ["submitted", "received", "correction", "accepted", "suspended", "decided"]


class Case(models.Model):
    # Single-column indexes are left out where an index below begins with the column: each costs every submission.
    reference = models.CharField(max_length=40)
    matter = models.CharField(max_length=40)  # reference; casework knows no more of it
    submission = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=40, blank=True)  # the case whose decision this one contests
    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="cases", db_index=False)
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="cases")
    procedure = models.CharField(max_length=40)
    procedure_version = models.PositiveIntegerField(default=1)
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="cases", db_index=False)
    filed_by_id = models.BigIntegerField(null=True, blank=True)  # party of the human who filed
    capacity = models.CharField(max_length=40)
    title = LocalisedTextField()
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases", db_index=False)
    region = models.CharField(max_length=12)
    route = models.JSONField(default=dict)  # rule, its version, reasons in words
    state = models.CharField(max_length=12, choices=CaseState, default=CaseState.RECEIVED)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    answers = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)  # element -> {"register", "as_of"} for prefilled answers
    price = MoneyField(default=0)
    language = models.CharField(max_length=10, default="zh-Hans")
    handler = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    promised_due_at = models.DateTimeField(null=True, blank=True)
    statutory_due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=0)  # raised by every act; a stale page is refused

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="case_reference_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "delivered"]) | ~Q(outcome=""), name="decided_case_has_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["matter"], name="case_matter"),
            models.Index(fields=["about"], name="case_about", condition=~Q(about="")),
            models.Index(fields=["applicant", "-id"], name="case_applicant"),
            models.Index(fields=["department", "-id"], name="case_department"),
            models.Index(fields=["unit", "-id"], name="case_unit"),
            models.Index(
                fields=["unit", "promised_due_at"],
                name="case_unit_open",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["unit", "-id"], name="case_unit_ended", condition=~Q(state__in=OPEN_STATES)),
            models.Index(fields=["service", "-id"], name="case_service"),
            models.Index(fields=["handler", "-id"], name="case_handler", condition=Q(handler__isnull=False)),
            models.Index(fields=["delivered_at"], name="case_to_close", condition=Q(state="delivered")),
            models.Index(fields=["decided_at"], name="case_decided", condition=Q(decided_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference


FROM_REGISTER = "register"  # origin of a paper that was fetched


class CaseFile(models.Model):
    """A piece of evidence on a case: uploaded, or fetched from a register."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    material = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=12, default="uploaded")  # uploaded, register, correction, officer
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a case")
        verbose_name_plural = _("files of cases")

    def __str__(self) -> str:
        return f"{self.case_id} {self.material}"


class Fetched(models.Model):
    """What registers gave for a shared material, or why they gave nothing; once for each case and material.

    ``type``: the type of evidence asked for. ``rows``: ``{"label", "value", "sensitive"}``, what the paper says.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="fetched", db_index=False)
    material = models.CharField(max_length=60)
    type = models.CharField(max_length=60, blank=True)
    paper = models.OneToOneField(CaseFile, null=True, on_delete=models.PROTECT, related_name="fetched")
    absent = models.CharField(max_length=20, blank=True)  # registers.registry.Absent
    register = models.CharField(max_length=60, blank=True)
    title = LocalisedTextField()
    number = models.CharField(max_length=120, blank=True)
    rows = models.JSONField(default=list)
    as_of = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    about = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("paper fetched from a register")
        verbose_name_plural = _("papers fetched from registers")
        constraints = [
            models.UniqueConstraint(fields=["case", "material"], name="fetched_once"),
            models.CheckConstraint(
                condition=Q(absent="", paper__isnull=False, as_of__isnull=False) | (~Q(absent="") & Q(paper=None)),
                name="fetched_or_told_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.material}"


class Transition(models.Model):
    """A move of a case, with who made it and why: the case's story."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transitions", db_index=False)
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    by_post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_party_id = models.BigIntegerField(null=True, blank=True)
    capacity = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    basis = models.JSONField(default=list)  # [{"instrument", "article"}] of the procedure for this act
    public = models.BooleanField(default=True)  # shown to the applicant

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        indexes = [models.Index(fields=["case", "id"], name="transition_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"


class CorrectionRequest(models.Model):
    """Once, everything listed (the procedure says within how many days and whether a second is allowed)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    items = models.JSONField()  # [{"field"|"material": key, "message": text}]
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    respond_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answers_before = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(answered_at__isnull=True), name="one_open_correction")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.asked_at:%Y-%m-%d}"


class AnswerChange(models.Model):
    """Other answers that the applicant proposes while the case is under way; an officer takes them over or does not.

    ``answers``: question → its new answer, null for one taken back. ``before``: what stood there.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    answers = models.JSONField()
    before = models.JSONField(default=dict)
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted = models.BooleanField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("proposed change of answers")
        verbose_name_plural = _("proposed changes of answers")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(decided_at__isnull=True), name="one_open_change"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, accepted__isnull=True)
                | Q(decided_at__isnull=False, accepted__isnull=False),
                name="decided_change_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.proposed_at:%Y-%m-%d}"


class OpinionRequest(models.Model):
    """Another department is asked; it sees only what the question needs."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    procedure = models.CharField(max_length=40, default="written")  # registry of opinion procedures
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    shared_fields = ArrayField(models.CharField(max_length=80), default=list)
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(
        max_length=12,
        blank=True,
        choices=[("agree", _("agrees")), ("conditions", _("agrees with conditions")), ("object", _("objects"))],
    )
    answer = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("opinion request")
        verbose_name_plural = _("opinion requests")

    def __str__(self) -> str:
        return f"{self.case_id} → {self.department_id}"


class Suspension(models.Model):
    """The clock stops for a special procedure (hearing, inspection, testing, expert review …)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="suspensions")
    procedure = models.CharField(max_length=40)
    reason = models.TextField()
    from_at = models.DateTimeField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    result = models.TextField(blank=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_open_suspension")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.procedure}"


class Extension(models.Model):
    """Proposed by the handler, approved by the head of the organ (the procedure names who)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(approved=False), name="extension_once"
            )  # Administrative Licensing Law art. 42: once
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"


class Decision(models.Model):
    """Drafted by the handler, signed by whoever the plan names; unique once signed."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome)
    reasons = models.TextField()
    citations = models.JSONField(default=list)  # [{"instrument", "article"}]
    conditions = models.TextField(blank=True)
    data = models.JSONField(default=dict)  # outputs: element -> value
    trace = models.JSONField(null=True, blank=True)  # of the decision table that fired
    drafted_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    signed_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(IssuedDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contest_by = models.DateField(null=True, blank=True)  # last day for reconsideration

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class Message(models.Model):
    """A line of the conversation on a case, both ways."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages", db_index=False)
    from_applicant = models.BooleanField()
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    party_id = models.BigIntegerField(null=True, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["case", "id"], name="message_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"


class Rating(models.Model):
    """Five levels (国办发〔2019〕51号): 5 very satisfied … 1 very dissatisfied; 1 and 2 become work."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    grade = models.PositiveSmallIntegerField()
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    verified = models.BooleanField(null=True)  # of a bad rating, by call-back
    rectified_at = models.DateTimeField(null=True, blank=True)
    rectification = models.TextField(blank=True)
    public_answer = LocalisedTextField()
    second_grade = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=5), name="rating_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.grade}"


class Pace(models.Model):
    """How long a department took for the cases of a service that it decided in the last year.

    ``days``: working days from receipt to decision, without lawful pauses → how many cases took so long.
    """

    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    days = models.JSONField(default=dict)
    cases = models.PositiveIntegerField()
    measured_on = models.DateField()

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")
        constraints = [models.UniqueConstraint(fields=["service", "department"], name="pace_once")]

    def __str__(self) -> str:
        return f"{self.service_id} in {self.department_id}: {self.cases}"
