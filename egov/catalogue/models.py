"""The one integrated catalogue. A service is data; a version is reviewed, published and never changed after."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from egov.deadlines.models import LimitUnit
from egov.identity.models import Organisation, PartyKind, Region, Unit
from egov.kernel.authorship import Authored
from egov.kernel.history import keeps_history
from egov.kernel.text import LocalisedTextField

ORGANISATION = "organisation.party"  # the data element of a decision that brings an organisation into being
EVENT_KINDS = [("life", _("life event")), ("business", _("business event")), ("internal", _("internal"))]


class Event(models.Model):
    """A life event of a person or an event in the life of a business (CPSV-AP: LifeEvent, BusinessEvent)."""

    code = models.CharField(max_length=10, unique=True)  # LE01, BE01, IN01
    kind = models.CharField(max_length=8, choices=EVENT_KINDS)
    name = LocalisedTextField()
    summary = LocalisedTextField()
    needs = models.JSONField(default=dict)  # {"zh-Hans": [...], "en": [...]} sentences people say
    # Members, edges and questions of the bundle, as facts; composed into a bundle by routing.
    definition = models.JSONField(default=dict)
    lead_role = models.CharField(max_length=60, blank=True)  # function whose departments lead it: "market", "hrss" …
    order = models.PositiveSmallIntegerField(default=0)
    loaded_hash = models.CharField(max_length=64, blank=True)  # of its file; empty once composed in the console
    withdrawn_at = models.DateTimeField(
        null=True, blank=True
    )  # since then out of force: begun is finished, nothing new

    class Meta:
        verbose_name = _("life or business event")
        verbose_name_plural = _("life and business events")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_offered(self) -> bool:
        return self.withdrawn_at is None


@keeps_history
class PublicService(models.Model):  # type: ignore[django-manager-missing]  # of the permissions by object
    """A service under a stable code (SI07, LC01; imported items carry their implementation code)."""

    code = models.CharField(max_length=64, unique=True)
    mode = models.CharField(max_length=4)  # g2c, g2b, g2g, g2e: whom it serves
    room = models.CharField(max_length=40, blank=True)  # label of the room that defines it
    department_role = models.CharField(max_length=60, blank=True)  # function that handles it: "market", "hrss" …
    events = models.ManyToManyField(Event, blank=True, related_name="services")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40, default="house")  # house, or the import it came from
    enabled = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("public service")
        verbose_name_plural = _("public services")
        permissions = [("configure_publicservice", _("May configure this service"))]

    def __str__(self) -> str:
        return self.code


class ServiceUserObjectPermission(UserObjectPermissionBase):
    """An account may configure one service (django-guardian, by foreign key)."""

    content_object = models.ForeignKey(PublicService, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("permission on a service")
        verbose_name_plural = _("permissions on services")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class EventVersion(Authored):
    """An event as it was composed at one time. ``Event`` holds what is in force, from the first publication on."""

    code = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    kind = models.CharField(max_length=8, choices=EVENT_KINDS)
    name = LocalisedTextField()
    summary = LocalisedTextField()
    needs = models.JSONField(default=dict)
    definition = models.JSONField(default=dict)
    lead_role = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    # Takes the event out of force when it is published; the rest is as it was, to go on from later.
    withdraws = models.BooleanField(default=False)
    change_reason = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)  # raised by every edit; a stale page is refused
    reviewed_by_id = models.BigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of an event")
        verbose_name_plural = _("versions of events")
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="event_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="published"), name="event_published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"

    @property
    def is_in_work(self) -> bool:
        return self.state in (VersionState.DRAFT, VersionState.REVIEWED)

    def as_event(self) -> Event:
        """The event as it would be in force, never saved: for trying out."""
        names = ("code", "kind", "name", "summary", "needs", "definition", "lead_role", "order")
        return Event(**{name: getattr(self, name) for name in names})


class CaseKind(models.TextChoices):
    INSTANT = "instant", _("on the spot")
    PROMISED = "promised", _("within a promised time")


class ServiceVersion(Authored):
    """All data elements of an implementation list entry (实施清单), as they were at one time.

    JSON columns hold the parts that are read whole; their shapes stand in ``catalogue.rules`` and are validated
    before a version is reviewed. Cases keep the version they were filed under.
    """

    service = models.ForeignKey(PublicService, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    name = LocalisedTextField()
    summary = LocalisedTextField()
    department_name = LocalisedTextField()
    base_code = models.CharField(max_length=40, blank=True)
    implementation_code = models.CharField(max_length=64, blank=True)
    item_type = models.CharField(max_length=2)  # 01 licensing, 05 benefit, 07 confirmation, 20 public service …
    level = models.CharField(max_length=10)
    audience = ArrayField(models.CharField(max_length=20), default=list)
    themes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    case_kind = models.CharField(max_length=8, choices=CaseKind)
    statutory_limit = models.PositiveIntegerField(null=True, blank=True)
    statutory_unit = models.CharField(max_length=2, choices=LimitUnit, blank=True)
    promised_limit = models.PositiveIntegerField(default=0)
    promised_unit = models.CharField(max_length=2, choices=LimitUnit, default=LimitUnit.WORKING_DAY)
    procedure = models.CharField(max_length=40, blank=True)  # law.Procedure key
    conditions = LocalisedTextField()
    materials = models.JSONField(default=list)
    fee = models.JSONField(default=dict)
    legal_basis = models.JSONField(default=list)
    outputs = models.JSONField(default=list)
    channel = models.JSONField(default=dict)
    rights = models.JSONField(default=dict)
    faq = models.JSONField(default=list)
    needs = models.JSONField(default=dict)  # {"zh-Hans": [...], "en": [...]}
    depends_on = models.JSONField(default=list)  # [["BR01", "BR02"], ["SI01"]]: all of, any of
    online_depth = models.PositiveSmallIntegerField(default=1)  # 1 listed … 4 wholly online
    form = models.JSONField(null=True, blank=True)  # JSON Schema 2020-12 with x-egov hints
    plan = models.JSONField(null=True, blank=True)  # review plan for work
    effects = models.JSONField(default=list)  # [{"key": ..., "options": {...}}]
    special_procedures = models.JSONField(default=list)
    opinions = models.JSONField(default=list)  # departments that may be asked
    letters = models.JSONField(default=list)  # [{"key", "act", "text", "when"}]: own paragraphs
    auto_decision = models.JSONField(null=True, blank=True)  # decision table that decides on the spot
    auto_advice = models.JSONField(null=True, blank=True)  # decision table that advises the officer
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    change_reason = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)  # raised by every edit; a stale page is refused
    reviewed_by_id = models.BigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of a service")
        verbose_name_plural = _("versions of services")
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_once"),
            models.UniqueConstraint(fields=["service"], condition=Q(state="published"), name="service_published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.number}"

    # Of an audience, where people may be; in all but "person" organisations may be.
    _people = frozenset({"person", "other"})

    def is_for(self, kind: PartyKind) -> bool:
        """Whether parties of this kind may be its applicant; what names nobody is open to all."""
        if not self.audience:
            return True
        if kind == PartyKind.PERSON:
            return not self._people.isdisjoint(self.audience)
        return any(each != "person" for each in self.audience)

    @property
    def is_in_work(self) -> bool:
        return self.state in (VersionState.DRAFT, VersionState.REVIEWED)

    @property
    def is_fileable(self) -> bool:
        """Listed services (no form, no plan) are found and explained, never filed here."""
        return self.form is not None and (self.plan is not None or self.auto_decision is not None)

    @property
    def produces(self) -> frozenset[str]:
        """Data elements that a favourable decision brings into being; members that wait for it need not ask them."""
        return frozenset(element for output in self.outputs for element in output.get("produces", {}))

    @property
    def founds_organisation(self) -> bool:
        return ORGANISATION in self.produces


@keeps_history
class Competence(models.Model):
    """Which department (and unit) handles a service in a region; the more specific row wins.

    ``service`` null means every service of ``department_role``; regions match by prefix of the tree.
    """

    service = models.ForeignKey(
        PublicService, null=True, blank=True, on_delete=models.CASCADE, related_name="competences"
    )
    department_role = models.CharField(max_length=60, blank=True)  # "market", "hrss" … name of the function
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="competences")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    condition = models.TextField(blank=True)  # zen expression over answers and applicant
    priority = models.SmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        indexes = [models.Index(fields=["service", "region"], name="competence_service_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False) | ~Q(department_role=""),
                name="competence_of_something",
                violation_error_message=_("A competence is for a service or for all services of a function."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="competence_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id or self.department_role} in {self.region_id}"
