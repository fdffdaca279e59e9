"""Codes, numbers and states of documents and credentials. Pure functions."""

import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import pgettext_lazy

from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText, language_tag, localise

# --- Verification codes ------------------------------------------------------------------------------

# No 0/O, 1/I/L: a code is read aloud and typed from paper. 31 characters, a prime.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12  # 11 drawn (54 bits), 1 to find a slip


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """A code nobody can guess: ``K7QF9TNDWX3M``."""
    body = "".join(choose(CODE_ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + _code_check(body)


def _code_check(body: str) -> str:
    """Weighted by powers of three modulo 31 (a prime), so that every single slip and swap of neighbours changes it."""
    total = sum(CODE_ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(body))
    return CODE_ALPHABET[total % 31]


def normalise_code(text: str) -> str:
    """What a person typed, without dashes and spaces, in capitals."""
    return re.sub(r"[\s\-‐‑–—]+", "", text).upper()


def is_code(text: str) -> bool:
    """Whether ``text`` (normalised) can be a code at all."""
    return len(text) == CODE_LENGTH and set(text) <= set(CODE_ALPHABET) and _code_check(text[:-1]) == text[-1]


def shown_code(code: str) -> str:
    """In groups of four, as it stands on paper."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


# --- Numbers -----------------------------------------------------------------------------------------


def document_number(mark: str, series: str, year: int, serial: int) -> str:
    """发文字号 (GB/T 9704-2012 §7.2.5): 〔〕 around the full year, no 第, no leading zeros."""
    return f"{mark}{series}〔{year}〕{serial}号"


# Types of credentials (facts: identity §5) with the three digits that stand for each in the identifier.
CREDENTIAL_TYPES: Mapping[str, tuple[str, LocalisedText]] = {
    "ID_CARD": ("001", {"zh-Hans": "居民身份证", "en": "Resident identity card"}),
    "HUKOU": ("002", {"zh-Hans": "居民户口簿", "en": "Household register"}),
    "RES_PERMIT": ("003", {"zh-Hans": "居住证", "en": "Residence permit"}),
    "PASSPORT": ("004", {"zh-Hans": "普通护照", "en": "Passport"}),
    "DRIVING": ("005", {"zh-Hans": "机动车驾驶证", "en": "Driving licence"}),
    "SS_CARD": ("006", {"zh-Hans": "社会保障卡", "en": "Social security card"}),
    "MED_CODE": ("007", {"zh-Hans": "医保电子凭证", "en": "Electronic medical insurance card"}),
    "BIRTH": ("008", {"zh-Hans": "出生医学证明", "en": "Birth certificate"}),
    "MARRIAGE": ("009", {"zh-Hans": "结婚证", "en": "Marriage certificate"}),
    "DISABILITY": ("010", {"zh-Hans": "残疾人证", "en": "Disability certificate"}),
    "TEACHER": ("011", {"zh-Hans": "教师资格证", "en": "Teaching certificate"}),
    "PROPERTY": ("012", {"zh-Hans": "不动产权证书", "en": "Certificate of title"}),
    "BIZ_LICENSE": ("013", {"zh-Hans": "营业执照", "en": "Business licence"}),
    "FOOD": ("014", {"zh-Hans": "食品经营许可证", "en": "Food business licence"}),
    "HEALTH_SITE": ("015", {"zh-Hans": "公共场所卫生许可证", "en": "Hygiene permit"}),
    "ROAD_OP": ("016", {"zh-Hans": "道路运输经营许可证", "en": "Road transport licence"}),
    "DRUG_RETAIL": ("017", {"zh-Hans": "药品经营许可证", "en": "Pharmacy licence"}),
    "CONSTR_PERMIT": ("018", {"zh-Hans": "建筑工程施工许可证", "en": "Construction permit"}),
    "TAX_PAID": ("019", {"zh-Hans": "税收完税证明", "en": "Certificate of taxes paid"}),
    "NO_CRIME": ("020", {"zh-Hans": "无犯罪记录证明", "en": "Certificate of no criminal record"}),
    "TOBACCO": ("021", {"zh-Hans": "烟草专卖零售许可证", "en": "Tobacco retail licence"}),
    "SIGN_PERMIT": ("022", {"zh-Hans": "户外广告及招牌设置许可", "en": "Outdoor sign permit"}),
    "TREATMENT_ELSEWHERE": ("023", {"zh-Hans": "异地就医备案凭证", "en": "Record of treatment elsewhere"}),
    "HF_ACCOUNT": ("024", {"zh-Hans": "住房公积金个人账户凭证", "en": "Housing fund account of an employee"}),
    "HF_EMPLOYER": ("025", {"zh-Hans": "住房公积金单位账户凭证", "en": "Housing fund account of an employer"}),
    "HKM_PERMIT": ("026", {"zh-Hans": "往来港澳通行证", "en": "Permit for Hong Kong and Macao"}),
    "HUKOU_CANCELLED": ("027", {"zh-Hans": "户口注销证明", "en": "Certificate of cancelled registration"}),
    "INSURANCE_RECORD": ("028", {"zh-Hans": "社会保险参保证明", "en": "Record of social insurance"}),
    "MORTGAGE": ("029", {"zh-Hans": "不动产登记证明", "en": "Certificate of a registered mortgage"}),
    "RETIREMENT": ("030", {"zh-Hans": "退休证", "en": "Retirement certificate"}),
    "SI_EMPLOYER": ("031", {"zh-Hans": "社会保险登记证", "en": "Social insurance registration of an employer"}),
    "VEHICLE": ("032", {"zh-Hans": "机动车行驶证", "en": "Vehicle licence"}),
    "CREMATION": ("033", {"zh-Hans": "火化证明", "en": "Certificate of cremation"}),
    "VACCINATION": ("060", {"zh-Hans": "预防接种证", "en": "Vaccination certificate"}),
    "BIRTH_SERVICE": ("061", {"zh-Hans": "生育登记凭证", "en": "Birth registration slip"}),
    "DEATH_MEDICAL": ("062", {"zh-Hans": "居民死亡医学证明（推断）书", "en": "Medical certificate of death"}),
    "PREMARITAL": ("063", {"zh-Hans": "婚前医学检查证明", "en": "Premarital medical certificate"}),
    "MED_INSTITUTION": ("064", {"zh-Hans": "医疗机构执业许可证", "en": "Medical institution practice licence"}),
    "DEGREE_RECOGNITION": ("065", {"zh-Hans": "国（境）外学历学位认证书", "en": "Recognition of a foreign degree"}),
    "SITING_OPINION": (
        "071",
        {"zh-Hans": "建设项目用地预审与选址意见书", "en": "Land pre-examination and siting opinion"},
    ),
    "LAND_PERMIT": ("072", {"zh-Hans": "建设用地规划许可证", "en": "Land planning permit"}),
    "WORKS_PERMIT": ("073", {"zh-Hans": "建设工程规划许可证", "en": "Works planning permit"}),
    "HIGH_TECH": ("074", {"zh-Hans": "高新技术企业证书", "en": "High-tech enterprise certificate"}),
    "TAX_CLEARANCE": ("080", {"zh-Hans": "清税证明", "en": "Tax clearance certificate"}),
    "SEAL_RECORD": ("081", {"zh-Hans": "印章备案", "en": "Record of company seals"}),
    "FIRE_CHECK": ("082", {"zh-Hans": "营业前消防安全检查意见书", "en": "Fire safety inspection opinion"}),
    "DRAINAGE": ("083", {"zh-Hans": "城镇污水排入排水管网许可证", "en": "Drainage permit"}),
    "ROAD_VEHICLE": ("084", {"zh-Hans": "道路运输证", "en": "Road transport vehicle certificate"}),
    "ROAD_DRIVER": ("085", {"zh-Hans": "道路运输从业资格证", "en": "Transport staff certificate"}),
    "CONSTR_QUALIFICATION": ("086", {"zh-Hans": "建筑业企业资质证书", "en": "Construction qualification"}),
    "WORK_SAFETY": ("087", {"zh-Hans": "安全生产许可证", "en": "Work safety permit"}),
    "DEVICE_FILING": ("088", {"zh-Hans": "第二类医疗器械经营备案凭证", "en": "Filing of medical devices"}),
    "DISCHARGE": ("089", {"zh-Hans": "排污许可证", "en": "Pollutant discharge permit"}),
    "DISCHARGE_REG": ("090", {"zh-Hans": "固定污染源排污登记回执", "en": "Receipt of the registration of discharges"}),
    "HAZCHEM_TRADE": ("091", {"zh-Hans": "危险化学品经营许可证", "en": "Hazardous chemicals trading licence"}),
    "LABOUR_DISPATCH": ("092", {"zh-Hans": "劳务派遣经营许可证", "en": "Labour dispatch licence"}),
    "SPECIAL_EQUIPMENT": ("093", {"zh-Hans": "特种设备使用登记证", "en": "Registration of special equipment"}),
    "RIDE_HAILING": ("094", {"zh-Hans": "网络预约出租汽车经营许可证", "en": "Ride-hailing operator licence"}),
    "CUSTOMS_FILING": ("095", {"zh-Hans": "报关单位备案证明", "en": "Certificate of customs filing"}),
    "ORIGIN": ("096", {"zh-Hans": "原产地证书", "en": "Certificate of origin"}),
    "EXPORT_LICENCE": ("097", {"zh-Hans": "两用物项出口许可证", "en": "Export licence"}),
    "CREDIT_REPORT": ("098", {"zh-Hans": "专用信用报告", "en": "Special credit report"}),
    "TRADEMARK": ("099", {"zh-Hans": "商标注册证", "en": "Trademark certificate"}),
    "PREPACKAGED": ("100", {"zh-Hans": "仅销售预包装食品备案", "en": "Filing for the sale of prepackaged food"}),
}
OTHER_TYPE = "999"


def credential_name(type_: str) -> LocalisedText:
    """What a certificate of this type is called; the type itself when the list does not have it."""
    known = CREDENTIAL_TYPES.get(type_)
    return known[1] if known else {"zh-Hans": type_, "en": type_}


def type_digits(type_: str) -> str:
    """The three digits of a type. Types without digits of their own share some, and so must share their serials."""
    return CREDENTIAL_TYPES[type_][0] if type_ in CREDENTIAL_TYPES else OTHER_TYPE


def credential_number(*, type_: str, issuer_code: str, serial: int, version: int) -> str:
    """Identifier of an electronic certificate in the six parts of GB/T 36904-2018.

    ``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>``; the type is named by its definer's code (the
    issuer's here) and three digits; the check character is ISO/IEC 7064 MOD 37,36 over letters and digits.
    """
    body = f"1.2.156.3005.2.{issuer_code}{type_digits(type_)}.{issuer_code}.{serial:010d}.{version:03d}"
    return f"{body}.{mod_37_36(body)}"


_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mod_37_36(text: str) -> str:
    """The check character of ISO/IEC 7064 MOD 37,36 (GB/T 17710); dots are not counted."""
    product = 36
    for each in text:
        if each != ".":
            total = (product + _36.index(each)) % 36 or 36
            product = total * 2 % 37
    return _36[(37 - product) % 36]


# --- States ------------------------------------------------------------------------------------------


class CredentialState(StrEnum):
    """待签发 → 有效 → 暂扣 → 过期 → 变更 → 注销 / 吊销 / 撤销 / 遗失作废."""

    NOT_YET_VALID = "not_yet_valid"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    ANNULLED = "annulled"
    LOST = "lost"

    @property
    def label(self) -> Any:
        return _STATE_LABELS[self]


_STATE_LABELS = {
    CredentialState.NOT_YET_VALID: pgettext_lazy("certificate", "not valid yet"),
    CredentialState.VALID: pgettext_lazy("certificate", "valid"),
    CredentialState.SUSPENDED: pgettext_lazy("certificate", "suspended"),
    CredentialState.EXPIRED: pgettext_lazy("certificate", "expired"),
    CredentialState.REPLACED: pgettext_lazy("certificate", "replaced by a newer version"),
    CredentialState.CANCELLED: pgettext_lazy("certificate", "cancelled"),
    CredentialState.REVOKED: pgettext_lazy("certificate", "revoked"),
    CredentialState.ANNULLED: pgettext_lazy("certificate", "annulled"),
    CredentialState.LOST: pgettext_lazy("certificate", "declared lost"),
}


def credential_state(
    *,
    valid_from: dt.date,
    valid_to: dt.date | None,
    suspended: bool,
    end_kind: str,
    on: dt.date,
) -> CredentialState:
    """The state on a day: an end is final, then suspension, then the dates; the last day still counts."""
    if end_kind:
        return CredentialState(end_kind)
    if valid_to is not None and on > valid_to:
        return CredentialState.EXPIRED
    if suspended:
        return CredentialState.SUSPENDED
    return CredentialState.VALID if on >= valid_from else CredentialState.NOT_YET_VALID


def last_day(valid_from: dt.date, years: int) -> dt.date:
    """The last day of a term of whole years: the day before the anniversary (29 February ends on 28 February)."""
    try:
        anniversary = valid_from.replace(year=valid_from.year + years)
    except ValueError:
        anniversary = dt.date(valid_from.year + years, 3, 1)
    return anniversary - dt.timedelta(days=1)


def may_end(actor: Actor, department_id: int) -> bool:
    """Heads of the department that issued it, and the platform itself."""
    heads = actor.has_role("section_head") or actor.has_role("department_head")
    return actor.is_system or (actor.is_staff and actor.department_id == department_id and heads)


# --- What a template is given ------------------------------------------------------------------------


@dataclass(frozen=True)
class TemplateKey:
    """``documents/decision``: a file under ``templates/letters``; a bare name is one of this room's."""

    folder: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "TemplateKey":
        """Raises ``ValueError`` for anything that is not one or two plain words."""
        found = re.fullmatch(r"(?:([a-z0-9_]+)/)?([a-z][a-z0-9_]*)", text)
        if not found:
            raise ValueError(f"not a template: {text!r}")
        return cls(found[1] or "documents", found[2])

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"


def in_language(value: Any, language: str) -> Any:
    """``value`` with every localised text in it replaced by the text in ``language``, control characters removed."""
    if isinstance(value, Mapping):
        if value and all(re.fullmatch(r"[a-z]{2}(-[A-Za-z]+)?", key) for key in value) and "zh-Hans" in value:
            return plain(localise(value, language))
        return {key: in_language(each, language) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [in_language(each, language) for each in value]
    return plain(value) if isinstance(value, str) else value


def printable(value: Any) -> Any:
    """JSON values without characters that print nothing (a database refuses some of them)."""
    if isinstance(value, Mapping):
        return {plain(str(key)): printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [printable(each) for each in value]
    return plain(value) if isinstance(value, str) else value


_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def plain(text: str) -> str:
    """Without characters that print nothing or turn the direction of what follows."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def document_language(language: str) -> str:
    """The languages letters are written in: Chinese, or English for any other."""
    tag = language_tag(language)
    return tag if tag == "zh-Hans" else "en"
