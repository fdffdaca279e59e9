"""Stored files, seals, issued documents and credentials."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from egov.identity.models import Organisation, Party
from egov.kernel.text import LocalisedTextField


class StoredFile(models.Model):
    """Bytes under their hash. The name is what the person called it; the type is what the content says."""

    reference = models.CharField(max_length=40, unique=True)
    owner = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.name


class Seal(models.Model):
    """A department's key for sealing. Rotates and expires; what was sealed before stays provable by the journal.

    The secret half is the provider's; here stand the certificate and what is written on the seal's picture.
    """

    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seals")
    provider = models.CharField(max_length=20, default="file")  # registry key: file, pkcs11
    key_id = models.CharField(max_length=120, unique=True)
    legend = LocalisedTextField()
    certificate = models.TextField()  # PEM
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.UniqueConstraint(fields=["department"], condition=Q(retired_at__isnull=True), name="one_seal_in_use")
        ]

    def __str__(self) -> str:
        return self.key_id


class DocumentState(models.TextChoices):
    PENDING = "pending", _("being typeset")
    SEALED = "sealed", pgettext_lazy("document", "sealed")
    REVOKED = "revoked", pgettext_lazy("document", "withdrawn")


class IssuedDocument(models.Model):
    """A PDF the platform issues: receipt, decision letter, certificate. ``data`` is what the template is given.

    Typeset and sealed after commit, or when first opened; ``code`` leads to the public verification page.
    """

    reference = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=16, unique=True)
    template = models.CharField(max_length=80)  # templates/letters/<label>/<name>.typ
    number = models.CharField(max_length=120, blank=True)  # 发文字号, or the number of a certificate
    title = LocalisedTextField()
    language = models.CharField(max_length=10, default="zh-Hans")
    subject = models.CharField(max_length=120, db_index=True)  # Ref
    holder = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="documents")
    department = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="issued_documents")
    data = models.JSONField()
    state = models.CharField(max_length=8, choices=DocumentState, default=DocumentState.PENDING)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="issued")
    seal = models.ForeignKey(Seal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = LocalisedTextField()

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sealed")
                | Q(file__isnull=False, seal__isnull=False, sealed_at__isnull=False, revoked_at__isnull=True),
                name="sealed_document_has_file",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="revocation_is_dated",
            ),
            models.UniqueConstraint(
                fields=["department", "number"], condition=~Q(number=""), name="document_number_once"
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="document_holder"),
            models.Index(fields=["id"], name="document_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return self.reference


class EndKind(models.TextChoices):
    CANCELLED = "cancelled", pgettext_lazy("certificate", "cancelled")  # 注销
    REVOKED = "revoked", pgettext_lazy("certificate", "revoked")  # 吊销, as a penalty
    ANNULLED = "annulled", pgettext_lazy("certificate", "annulled")  # 撤销, granted unlawfully
    REPLACED = "replaced", pgettext_lazy("certificate", "replaced by a newer version")
    LOST = "lost", pgettext_lazy("certificate", "declared lost")


class Credential(models.Model):
    """A certificate or licence a party holds; a change of content is a new version."""

    reference = models.CharField(max_length=40, unique=True)
    number = models.CharField(max_length=120, unique=True)  # identifier shaped after GB/T 36904
    type = models.CharField(max_length=40)  # BIZ_LICENSE, FOOD, RES_PERMIT …
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="credentials")
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(IssuedDocument, null=True, on_delete=models.PROTECT, related_name="credential")
    case = models.CharField(max_length=40, blank=True, db_index=True)
    service = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # the last day on which it is still valid
    suspended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_kind = models.CharField(max_length=12, blank=True, choices=EndKind)
    end_reason = LocalisedTextField()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_kind="", ended_at__isnull=True) | (~Q(end_kind="") & Q(ended_at__isnull=False)),
                name="credential_end_is_dated",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(replaces__isnull=False), name="credential_replaced_once"
            ),
        ]
        indexes = [models.Index(fields=["holder", "type"], name="credential_holder_type")]

    def __str__(self) -> str:
        return self.number
