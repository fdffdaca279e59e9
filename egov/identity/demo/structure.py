"""The government of the fictional province, city and districts: functions, departments, units and posts, as data."""

from dataclasses import dataclass, field

from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class Function:
    """A function of government; ``key`` is the word that services name it by. ``head`` is what its head is called."""

    key: str
    zh: str
    en: str
    head: tuple[str, str] = ("局长", "Director")
    org_type: str = "GOV"
    prefix: str = "11"  # of the credit code


DIRECTOR = ("主任", "Director")

FUNCTIONS = {
    each.key: each
    for each in (
        Function("market", "市场监督管理局", "Market Regulation Bureau"),
        Function("hrss", "人力资源和社会保障局", "Human Resources and Social Security Bureau"),
        Function("police", "公安局", "Public Security Bureau"),
        Function("civil", "民政局", "Civil Affairs Bureau"),
        Function("tax", "税务局", "Tax Bureau"),
        Function("health", "卫生健康委员会", "Health Commission", DIRECTOR),
        Function("medins", "医疗保障局", "Healthcare Security Bureau"),
        Function("housing_fund", "住房公积金管理中心", "Housing Provident Fund Centre", DIRECTOR, "INST", "12"),
        Function("education", "教育局", "Education Bureau"),
        Function("housing", "住房和城乡建设局", "Housing and Urban-Rural Development Bureau"),
        Function("urban", "城市管理局", "Urban Management Bureau"),
        Function("water", "水务局", "Water Affairs Bureau"),
        Function("transport", "交通运输局", "Transport Bureau"),
        Function("fire", "消防救援局", "Fire and Rescue Department"),
        Function("planning", "自然资源和规划局", "Natural Resources and Planning Bureau"),
        Function("ecology", "生态环境局", "Ecology and Environment Bureau"),
        Function("emergency", "应急管理局", "Emergency Management Bureau"),
        Function("tobacco", "烟草专卖局", "Tobacco Monopoly Bureau"),
        Function("finance", "财政局", "Finance Bureau"),
        Function("dev_reform", "发展和改革委员会", "Development and Reform Commission", DIRECTOR),
        Function("industry", "经济和信息化局", "Economy and Information Technology Bureau"),
        Function("science", "科学技术局", "Science and Technology Bureau"),
        Function("commerce", "商务局", "Commerce Bureau"),
        Function("data", "数据管理局（政务服务管理局）", "Data Administration (Government Services)"),
        Function("justice", "司法局", "Justice Bureau"),
        Function("petitions", "信访局", "Public Complaints and Proposals Bureau"),
        Function("office", "人民政府办公室", "General Office of the Government", DIRECTOR),
        Function("archives", "档案局（馆）", "Archives", ("馆长", "Director")),
        Function("disabled", "残疾人联合会", "Disabled Persons' Federation", ("理事长", "President"), "MASS", "13"),
        Function("customs", "海关", "Customs", ("关长", "Director")),
        Function("court", "人民法院", "People's Court", ("院长", "President"), "COURT"),
        Function("foreign", "外事办公室", "Foreign Affairs Office", DIRECTOR),
        Function("org", "组织人事部门", "Organisation and Personnel Department", ("部长", "Head"), "PARTY"),
        Function("gov_offices", "机关事务管理局", "Government Offices Administration"),
        Function("unit_finance", "机关财务核算中心", "Unit Finance Office", DIRECTOR, "INST", "12"),
    )
}

PROVINCIAL = ("office", "data", "market", "hrss", "police")
# What residents and shops need in their own district; the other functions are the city's for all districts.
IN_DISTRICTS = (
    *("market", "hrss", "police", "civil", "tax", "health", "medins", "education"),
    *("housing", "urban", "water", "transport", "fire", "justice", "data"),
)


@dataclass(frozen=True)
class Place:
    """Whose government it is: prefix of keys, region, level, the words before a department's name."""

    key: str
    region: str
    level: str
    zh: str
    en: str
    parent: str | None = None
    functions: tuple[str, ...] = field(default_factory=tuple)


PLACES = (
    Place("tj", "990000", "province", "天江省", "Tianjiang", None, PROVINCIAL),
    Place("jz", "990100", "city", "江州市", "Jiangzhou", "tj", tuple(FUNCTIONS)),
    Place("jz.linjiang", "990102", "district", "临江区", "Linjiang", "jz", IN_DISTRICTS),
    Place("jz.wangshan", "990103", "district", "望山区", "Wangshan", "jz", IN_DISTRICTS),
    Place("jz.donghu", "990104", "district", "东湖区", "Donghu", "jz", IN_DISTRICTS),
)


def full_name(place: Place, function: Function) -> LocalisedText:
    """As on the door plate: branches of the police, and the tax administration, are named from above."""
    english = f"{place.en} {function.en}"
    if function.key == "police" and place.level == "district":
        return {"zh-Hans": f"江州市公安局{place.zh.removesuffix('区')}分局", "en": f"{english}, Jiangzhou"}
    if function.key == "police" and place.level == "province":
        return {"zh-Hans": "天江省公安厅", "en": "Tianjiang Public Security Department"}
    if function.key == "tax":
        above = "江州市" if place.level == "district" else ""
        return {
            "zh-Hans": f"国家税务总局{above}{place.zh}税务局",
            "en": f"{place.en} Tax Bureau, State Taxation Administration",
        }
    if place.level == "district":
        return {"zh-Hans": f"江州市{place.zh}{function.zh}", "en": f"{english}, Jiangzhou"}
    return {"zh-Hans": f"{place.zh}{function.zh}", "en": english}


def short_name(place: Place, function: Function) -> LocalisedText:
    return {"zh-Hans": f"{place.zh}{function.zh}", "en": f"{place.en} {function.en}"}


@dataclass(frozen=True)
class PostPlan:
    """A post to fill: the word in the account's name, its title, its unit, the roles it carries."""

    key: str
    zh: str
    en: str
    unit: str
    roles: tuple[str, ...]
    is_head: bool = False


SERVICES, HALL, ADMINISTRATION = "services", "hall", "administration"

CLERK = PostPlan("clerk", "窗口受理员", "Acceptance clerk", SERVICES, ("clerk",))
REVIEWER = PostPlan("reviewer", "审查员", "Reviewer", SERVICES, ("reviewer",))
SECTION = PostPlan("section", "科长", "Section head", SERVICES, ("section_head", "reviewer"), is_head=True)
OFFICER = PostPlan("officer", "经办人", "Officer", SERVICES, ("clerk", "reviewer", "inspector"))
OFFICER2 = PostPlan("officer2", "经办人", "Officer", SERVICES, ("clerk", "reviewer", "inspector"))
RECORDS = PostPlan("records", "档案管理员", "Records officer", ADMINISTRATION, ("records",))
ADMIN = PostPlan("admin", "部门管理员", "Department administrator", ADMINISTRATION, ("department_admin", "records"))

_LARGE = (CLERK, REVIEWER, SECTION)
_SMALL = (OFFICER, OFFICER2)  # two: for four eyes, and on site (Administrative Licensing Law art. 34)
_INSPECTORS = (
    PostPlan("inspector", "现场检查员", "Inspector", SERVICES, ("inspector",)),
    PostPlan("inspector2", "现场检查员", "Inspector", SERVICES, ("inspector",)),
)
_HALL = (
    PostPlan("clerk", "综合窗口受理员", "Window clerk", HALL, ("clerk", "reviewer")),
    PostPlan("clerk2", "综合窗口受理员", "Window clerk", HALL, ("clerk", "reviewer")),
    PostPlan("section", "大厅值班长", "Hall supervisor", HALL, ("section_head", "reviewer"), is_head=True),
)
_PLATFORM = ("platform_admin", "department_admin")
_SUPERVISION = (
    PostPlan("supervisor", "效能督查专员", "Supervisor", ADMINISTRATION, ("supervisor",)),
    # Two: what one of them writes (events, decision tables) the other approves.
    PostPlan("platform", "平台管理员", "Platform administrator", ADMINISTRATION, _PLATFORM),
    PostPlan("platform2", "平台管理员", "Platform administrator", ADMINISTRATION, _PLATFORM),
)

# Posts besides the head's, by department key, else by the function in a district, else by the function.
_POSTS: dict[str, tuple[PostPlan, ...]] = {
    "jz.linjiang.market": (*_LARGE, *_INSPECTORS, RECORDS, ADMIN),
    "jz.data": (*_HALL, OFFICER, *_SUPERVISION),
    "district.market": (*_LARGE, *_INSPECTORS, ADMIN),
    "district.police": (*_LARGE, *_INSPECTORS, ADMIN),
    "district.hrss": (*_LARGE, *_INSPECTORS, ADMIN),
    "district.data": _HALL,
    "finance": (OFFICER, PostPlan("cashier", "国库出纳", "Treasury cashier", SERVICES, ("cashier",))),
    "court": (OFFICER, RECORDS),
    "archives": (OFFICER, RECORDS),
    "justice": (*_LARGE, OFFICER),
    "office": (CLERK, OFFICER),
    "tax": (CLERK, OFFICER),
}


def posts_of(place: Place, function: Function) -> tuple[PostPlan, ...]:
    """The posts of a department, its head last."""
    keys = (f"{place.key}.{function.key}", f"{place.level}.{function.key}", function.key)
    rest = next((_POSTS[key] for key in keys if key in _POSTS), _SMALL)
    zh, en = function.head
    # The first unit of a district's data administration is its hall.
    takes = SERVICES if any(post.unit == SERVICES for post in rest) else HALL
    led = any("section_head" in post.roles and post.unit == takes for post in rest)
    roles = ("department_head",) if led else ("department_head", "section_head")
    return (*rest, PostPlan("head", zh, en, ADMINISTRATION, roles, is_head=True))


def units_of(place: Place, function: Function) -> dict[str, LocalisedText]:
    """The units of a department by the last part of their key; the first one takes what is routed to it."""
    services: dict[str, LocalisedText] = {SERVICES: {"zh-Hans": "政务服务科", "en": "Services section"}}
    office: dict[str, LocalisedText] = {ADMINISTRATION: {"zh-Hans": "办公室", "en": "Administrative office"}}
    if function.key != "data" or place.level == "province":
        return services | office
    hall: LocalisedText = {"zh-Hans": f"{place.zh}政务服务中心", "en": f"{place.en} Government Service Hall"}
    # In a district the hall does what the data administration has to do there.
    return {HALL: hall} | ({} if place.level == "district" else services) | office
