"""One Party behind every record; people and organisations share one key space.

A business is an organisation, a department is an organisation, a civil servant is a person with a post.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from egov.kernel.history import keeps_history
from egov.kernel.text import LocalisedTextField


class Dated(models.Model):
    """Valid from a day, to a day that is still included; open when ``valid_to`` is empty."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            )
        ]


class RegionLevel(models.TextChoices):
    COUNTRY = "country", _("country")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    DISTRICT = "district", _("district or county")
    TOWNSHIP = "township", _("township or subdistrict")


class Region(models.Model):
    """An administrative division (GB/T 2260, below county GB/T 10114), with the time it existed."""

    code = models.CharField(max_length=12, primary_key=True)
    name = LocalisedTextField()
    level = models.CharField(max_length=10, choices=RegionLevel)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.code


class PartyKind(models.TextChoices):
    PERSON = "person", _("person")
    ORGANISATION = "organisation", _("organisation")


class Party(models.Model):
    """Whoever can be named in a record. ``name`` is the name to show (a person's own, an organisation's registered)."""

    kind = models.CharField(max_length=12, choices=PartyKind)
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.name


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Person(models.Model):
    party = models.OneToOneField(Party, primary_key=True, on_delete=models.PROTECT, related_name="person")
    sex = models.CharField(max_length=6, choices=Sex, blank=True)
    born_on = models.DateField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    nationality = models.CharField(max_length=3, default="CHN")
    # Where the household is registered (户籍); Party.region is where the person lives.
    registered_region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    name_latin = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.party.name


class OrganisationKind(models.TextChoices):
    DEPARTMENT = "department", _("department")
    INSTITUTION = "institution", _("public institution")
    ENTERPRISE = "enterprise", _("enterprise")
    SOLE_TRADER = "sole_trader", _("sole trader")
    SOCIAL_ORGANISATION = "social_organisation", _("social organisation")
    OTHER = "other", _("other")


@keeps_history
class Organisation(models.Model):  # type: ignore[django-manager-missing]
    """Enterprise, sole trader, social organisation, department or institution.

    A department has a ``key`` that configuration names it by ("jz.market"), a ``level`` and a place in the tree.
    """

    party = models.OneToOneField(Party, primary_key=True, on_delete=models.PROTECT, related_name="organisation")
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    org_type = models.CharField(max_length=10, blank=True)  # codes of facts: GOV, INST, LTD, SEH, SOC, FND …
    full_name = LocalisedTextField()
    short_name = LocalisedTextField()
    key = models.CharField(max_length=80, null=True, blank=True, unique=True)
    level = models.CharField(max_length=10, choices=RegionLevel, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    founded_on = models.DateField(null=True, blank=True)
    dissolved_on = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    industry = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    office_hours = LocalisedTextField()
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="department") | Q(key__isnull=False),
                name="department_has_key",
                violation_error_message=_("A department needs a key."),
            )
        ]
        permissions = [("configure_organisation", _("May configure this department"))]

    def __str__(self) -> str:
        return self.party.name


class IdentifierScheme(models.TextChoices):
    RESIDENT_ID = "cn.ric", _("resident identity number")
    USCC = "cn.uscc", _("unified social credit code")
    PASSPORT = "passport", _("passport number")
    PHONE = "phone", _("phone number")


class Identifier(Dated):
    """A number under a scheme, with history. Encrypted; found by a keyed digest; shown masked."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=20, choices=IdentifierScheme)
    encrypted = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    masked = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["scheme", "digest"],
                condition=Q(valid_to__isnull=True),
                name="identifier_current_once",
                violation_error_message=_("This number already belongs to someone."),
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="identifier_digest")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.masked}"


class Contact(models.Model):
    """Where messages reach a party. Encrypted like an identifier."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=8, choices=[("email", _("e-mail")), ("sms", _("text message"))])
    encrypted = models.BinaryField()
    masked = models.CharField(max_length=80)
    verified_at = models.DateTimeField(null=True, blank=True)
    wanted = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [models.UniqueConstraint(fields=["party", "channel"], name="contact_channel_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.masked}"


class RelationshipKind(models.TextChoices):
    PARENT = "parent", _("parent of")
    SPOUSE = "spouse", _("spouse of")
    GUARDIAN = "guardian", _("guardian of")


class Relationship(Dated):
    """``subject`` is parent, spouse or guardian of ``of``. Spouses stand in two rows."""

    subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relationships")
    of = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="related_by")
    kind = models.CharField(max_length=10, choices=RelationshipKind)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["subject", "of", "kind"], condition=Q(valid_to__isnull=True), name="relationship_current_once"
            ),
            models.CheckConstraint(condition=~Q(subject=F("of")), name="relationship_not_with_self"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind} {self.of_id}"


class Household(models.Model):
    """A registered household (户)."""

    number = models.CharField(max_length=20, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")

    def __str__(self) -> str:
        return self.number


class HouseholdMember(Dated):
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="household_memberships")
    role = models.CharField(max_length=20)  # head, spouse, child, parent, other

    class Meta:
        verbose_name = _("household member")
        verbose_name_plural = _("household members")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(valid_to__isnull=True),
                name="one_household_at_a_time",
                violation_error_message=_("This person is already registered in a household."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class Representative(Dated):
    """Who may act for an organisation by virtue of an office in it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="representatives")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="representations")
    office = models.CharField(
        max_length=24,
        choices=[
            ("legal_representative", _("legal representative")),
            ("operator", _("operator")),
            ("person_in_charge", _("person in charge")),
        ],
    )

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "person", "office"],
                condition=Q(valid_to__isnull=True),
                name="representative_current_once",
                violation_error_message=_("This person already holds this office."),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(valid_to__isnull=True, office="legal_representative"),
                name="one_legal_representative",
                violation_error_message=_("The organisation already has a legal representative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.organisation_id}"


@keeps_history
class Unit(models.Model):
    """A section inside a department; work lands here."""

    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    key = models.CharField(max_length=100, unique=True)
    name = LocalisedTextField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_service_hall = models.BooleanField(default=False)  # owner of last resort of its region
    phone = models.CharField(max_length=40, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.key


@keeps_history
class Post(Dated):
    """A person's dated position in a unit, with the roles it carries (groups)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    title = LocalisedTextField()
    roles = models.ManyToManyField(Group, blank=True, related_name="posts")
    is_head = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="post_once_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("unit"), RangeOperators.EQUAL),
                    (
                        models.Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person already holds a post in this unit at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.unit_id}"


@keeps_history
class Mandate(Dated):
    """``grantor`` lets ``agent`` act, for the named services or for all. Granted and revoked by rows, never edited."""

    grantor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates_held")
    services = ArrayField(models.CharField(max_length=40), default=list, blank=True)  # empty: all services
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(grantor=F("agent")), name="mandate_not_to_self"),
        ]

    def __str__(self) -> str:
        return f"{self.grantor_id} → {self.agent_id}"


class Account(AbstractUser):  # type: ignore[django-manager-missing]
    """What a person signs in with. The person behind it may act in many capacities."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account")
    # 0 nobody known, 2 real name verified, 3 real name and a second factor enrolled (1 is kept for a phone alone)
    assurance = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class Session(AbstractBaseSession):
    """A browser's session; ``account`` once somebody has logged in there."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        store: type[Any] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class OrganisationUserObjectPermission(UserObjectPermissionBase):
    """An account may do something with one department (django-guardian, by foreign key)."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("permission on a department")
        verbose_name_plural = _("permissions on departments")


class OrganisationGroupObjectPermission(GroupObjectPermissionBase):
    """A role may do something with one department."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("permission of a role on a department")
        verbose_name_plural = _("permissions of roles on departments")
