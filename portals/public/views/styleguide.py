"""The living style guide: each component with its states, so that people and tests see them all in one place."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egov.kernel import clock
from egov.kernel.text import localise
from portals.shared import components as c
from portals.shared import drawings

SWATCHES = [
    ("ink", "#17202b"), ("ink-2", "#46525f"), ("ink-3", "#5b6774"), ("line", "#d5dbe1"), ("line-strong", "#76828e"),
    ("ground-2", "#f5f7f9"), ("blue", "#0b4a8f"), ("blue-dark", "#083868"), ("blue-tint", "#eaf1f9"), ("seal", "#b3261e"),
    ("seal-tint", "#fcf0ef"), ("ok", "#1d5f45"), ("ok-tint", "#edf5f1"), ("risk", "#7a4d00"), ("risk-dark", "#8f3d00"),
    ("risk-tint", "#fdf5e3"), ("focus", "#f2a900"),
]  # fmt: skip


def t(zh: str, en: str) -> str:
    """Sample text in the page's language."""
    return localise({"zh-Hans": zh, "en": en})


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return render(
        request,
        "public/styleguide.html",
        {
            "swatches": SWATCHES,
            "examples": [("", t("我想开一家面馆", "I want to open a noodle shop")), (t("入冬", "Winter"), t("取暖补贴怎么领", "Heating allowance"))],
            "cards": _cards(),
            "fields": (fields := _fields()),
            "faults": c.faults_of(fields),
            "facts": _facts(),
            "deadlines": _deadlines(now),
            "states": [(key, str(word)) for key, word in _case_states()],
            "drawing": drawings.Timeline.draw(_lanes(now), now=now),
            "nodes": _nodes(),
            "documents": _documents(),
            "table": _table(now),
            "bars": _chart(),
            "figures": _figures(),
            "steps": [
                c.Step(t("店和经营者", "Shop and operator"), "done", "#steps"),
                c.Step(t("场所与后厨", "Premises and kitchen"), "current"),
                c.Step(t("雇员", "Employees")),
                c.Step(t("核对并提交", "Check and send")),
            ],
            "tabs": [
                c.Tab(t("我的", "Mine"), "#tabs", 12, current=True),
                c.Tab(t("本科待领", "Unclaimed here"), "#tabs", 41),
                c.Tab(t("超期", "Overdue"), "#tabs", 2, alarm=True),
            ],
            "filter_fields": [
                c.Field("fq", t("编号、申请人", "Number, applicant"), "search"),
                c.Field("fdue", t("期限", "Deadline"), "select", options=[c.Option("", t("全部", "All"), checked=True), c.Option("late", t("超期", "Overdue"))]),
            ],
            "keys": _keys(),
            "thread": _thread(now),
            "plan": _plan(),
            "map_states": [
                c.State(t("收件", "Received"), "done", t("11月23日", "23 November")),
                c.State(t("受理，审查中", "Accepted, under review"), "current"),
                c.State(t("准予", "Granted"), "next"),
                c.State(t("不予许可", "Refused"), "next", t("要说明理由和救济途径", "with reasons and the way to appeal")),
                c.State(t("中止", "Clock stopped"), "next"),
            ],
            "page": {"previous_url": "#pager", "next_url": "#pager"},
            "texts": {"both": {"zh-Hans": "食品经营许可", "en": "Food business licence"}, "chinese_only": {"zh-Hans": "文庙街 18 号底层"}},
            "moment": now,
        },
    )  # fmt: skip


def _cards() -> list[c.ServiceCard]:
    return [
        c.ServiceCard(
            t("排水许可", "Drainage permit"), "#cards", t("餐饮污水要进市政管网；面馆的污水含油。", "Waste water of a kitchen goes into the public sewer."),
            reasons=[t("您说了「面馆」", "you said “noodle shop”"), t("带后厨", "it has a kitchen")],
            time=t("10 个工作日", "10 working days"), time_note=t("法定 20 个工作日", "by law 20 working days"), cost=t("不收费", "free"),
            department=t("临江区水务局", "Linjiang Water Affairs"), badges=[c.Badge(t("决定开业日期", "decides the opening date"), c.Tone.NOTE)], number=1,
            why=c.Why(t("餐饮排水户须办理。", "Catering businesses that discharge need it."), t("城镇排水与污水处理条例 第二十一条", "Urban Drainage Regulation art. 21"), summary=t("依据", "Legal basis")),
        ),
        c.ServiceCard(t("烟草专卖零售许可", "Tobacco retail licence"), "#cards", badges=[c.Badge(t("窗口办理", "At the counter"), c.Tone.WAIT, "location_on")], number=2),
    ]  # fmt: skip


def _fields() -> list[c.Field]:
    day = dt.date(2026, 11, 20)
    yes = c.Option(
        "yes", t("会", "Yes"), checked=True,
        fields=[
            c.Field("grease", t("隔油池有多大", "How large is the grease trap"), "number", "300", hint=t("看设备铭牌。", "See the plate."),
                    error=t("写成立方米，在 0.1 至 10 之间。300 升就是 0.3", "In cubic metres, from 0.1 to 10. 300 litres are 0.3"), unit=t("立方米", "cubic metres"),
                    why=c.Why(t("水务局据此判断油污能否留在池里。", "Water Affairs judges by it whether the fat stays in the trap."), t("排水管网许可管理办法 第六条", "Measures on Drainage Permits art. 6"), summary=t("为什么问这个", "Why we ask"))),
            c.Field("clean", t("多久清一次", "How often is it cleaned"), "select", options=[c.Option("w", t("每周", "Weekly"), checked=True), c.Option("m", t("每月", "Monthly"))]),
        ],
    )  # fmt: skip
    return [
        c.Field("name", t("姓名", "Name"), value=t("林晓雯", "Lin Xiaowen"), source=c.Source(t("人口库，公安局", "Population register, Public Security"), day), autocomplete="name", readonly=True),
        c.Field("nick", t("字号", "Trade name"), hint=t("挂在招牌上的名字。", "What stands on the sign."), required=False, width="m"),
        c.Field("born", t("出生日期", "Date of birth"), "date", dt.date(1990, 3, 7)),
        c.Field("price", t("月租", "Monthly rent"), "money", "4,500"),
        c.Field("oil", t("后厨污水会带油吗？", "Does the waste water carry fat?"), "radio", hint=t("煮面、炒浇头都算带油。", "Boiling noodles and frying count."), options=[yes, c.Option("no", t("不会", "No"))]),
        c.Field("shift", t("每天几点营业？", "When are you open?"), "checkboxes", error=t("至少选一个时段", "Choose at least one"), options=[c.Option("am", t("早市 6 至 10 点", "6 to 10")), c.Option("pm", t("正餐 10 至 21 点", "10 to 21"))]),
        c.Field("about", t("经营说明", "Describe the business"), "textarea", max_length=500, required=False),
        c.Field("agree", t("我承诺所填属实", "What I have said is true"), "checkbox"),
        c.Field("plan", t("后厨平面图", "Plan of the kitchen"), "file", hint=t("手画也行。", "A drawing by hand will do."), limits=t("JPG、PNG、PDF，不超过 10 MB。", "JPG, PNG or PDF, up to 10 MB."), accept="image/*,application/pdf", max_bytes=10 * 1024 * 1024, camera=True,
                files=[c.Attached(t("后厨平面图.jpg", "kitchen.jpg"), t("2.1 MB，14:19 上传", "2.1 MB, 14:19"), remove_name="_remove", remove_value="1")]),
        c.Field("staff", t("雇员", "Employees"), "group", rows=[c.Row(t("第 1 名", "First"), [c.Field("staff/0/name", t("姓名", "Name")), c.Field("staff/0/wage", t("月工资", "Monthly wage"), "money")], "_drop", "staff/0")], add_label=t("再加一名", "Add another")),
    ]  # fmt: skip


def _facts() -> list[c.SummaryRow]:
    day = dt.date(2026, 11, 20)
    return [
        c.SummaryRow(t("经营者", "Operator"), t("林晓雯", "Lin Xiaowen"), c.Source(t("人口库，公安局", "Population register, Public Security"), day), action=t("更正", "Correct"), action_url="#facts"),
        c.SummaryRow(t("面积", "Area"), "80㎡", note=t("您说的；登记簿为 82.4㎡，以登记为准", "as you said; the register has 82.4㎡ and counts"), action=t("更正", "Correct"), action_url="#facts"),
        c.SummaryRow(t("字号", "Trade name"), ""),
    ]  # fmt: skip


def _deadlines(now: dt.datetime) -> list[c.Deadline]:
    day = dt.timedelta(days=1)
    return [
        c.Deadline.running(colour="green", days=5, due=now + 7 * day),
        c.Deadline.running(colour="yellow", days=2, due=now + 2 * day),
        c.Deadline.running(colour="orange", days=0, due=now),
        c.Deadline.running(colour="red", days=-4, due=now - 6 * day),
        c.Deadline.paused(t("等申请人", "Waits for the applicant")),
        c.Deadline.done(at=now, due=now + day),
        c.Deadline.done(at=now, due=now - day),
        c.Deadline.none(),
    ]


def _case_states() -> list[tuple[str, Any]]:
    from egov.casework.models import CaseState  # noqa: PLC0415 (the guide alone shows words of a room)

    return list(CaseState.choices)


def _lanes(now: dt.datetime) -> list[drawings.Lane]:
    def at(days: float) -> dt.datetime:
        return now + dt.timedelta(days=days)

    run, done, pause, plan, miss = (
        drawings.Bar.RUN,
        drawings.Bar.DONE,
        drawings.Bar.PAUSE,
        drawings.Bar.PLAN,
        drawings.Bar.MISS,
    )
    return [
        drawings.Lane(t("个体工商户登记", "Sole trader registration"), t("市场监督管理局", "Market Regulation"), [drawings.Segment(done, at(-11), at(-10))], c.Badge(t("已办结", "Done"), c.Tone.DONE), t("当场办结", "on the spot"), at(-10), critical=True),
        drawings.Lane(t("排水许可", "Drainage permit"), t("水务局", "Water Affairs"), [drawings.Segment(run, at(-9), at(-3)), drawings.Segment(pause, at(-3), at(2)), drawings.Segment(plan, at(2), at(5))], c.Badge(t("等您补材料", "Waits for you"), c.Tone.RISK), t("补上后 3 个工作日内决定", "decision 3 working days after it"), at(6), critical=True),
        drawings.Lane(t("店招设置许可", "Shop sign permit"), t("城市管理局", "Urban Management"), [drawings.Segment(run, at(-9), at(-4)), drawings.Segment(miss, at(-4), at(0))], c.Badge(t("超期 3 个工作日", "3 working days late"), c.Tone.MISS), t("已自动上报局长", "reported to the director by itself"), at(-4)),
    ]  # fmt: skip


def _nodes() -> list[c.TreeNode]:
    law = t("个人所得税法 第六条", "Individual Income Tax Law art. 6")
    return [
        c.TreeNode(t("可以退的税", "Refund"), "2,600.00", t("已预扣 12,160 − 应交 9,560", "withheld 12,160 − due 9,560"), open=True, children=[
            c.TreeNode(t("已经预扣的税", "Withheld"), "12,160.00", children=[c.TreeNode(t("工资", "Salary"), "9,480.00", law=law, law_url="#tree"), c.TreeNode(t("讲课报酬", "Lecture fee"), "1,600.00", "10,000 × 80% × 20%", law)]),
            c.TreeNode(t("基本减除", "Basic deduction"), "−60,000.00", "5,000 × 12", law),
        ])
    ]  # fmt: skip


def _documents() -> list[c.DocumentCard]:
    office, issuer = t("江州市监", "江州市监"), t("江州市市场监督管理局", "Market Regulation")
    return [
        c.DocumentCard(t("食品经营许可证", "Food business licence"), "sealed", t("有效至 2031年11月29日", "valid to 29 November 2031"), "#documents", office, issuer, "#documents"),
        c.DocumentCard(t("排水许可证", "Drainage permit"), "waiting"),
        c.DocumentCard(t("旧许可证", "Former licence"), "revoked", t("2026年12月1日", "1 December 2026"), "#documents", office, issuer),
    ]  # fmt: skip


def _table(now: dt.datetime) -> c.ListTable:
    day = dt.timedelta(days=1)
    rows = [
        ("JZ-C-261124-01940-R2", t("食品经营许可", "Food business licence"), "临江码头鱼馆", c.Deadline.running(colour="red", days=-4, due=now - 6 * day)),
        ("JZ-C-261127-02063-M1", t("食品经营许可", "Food business licence"), "望山小馆", c.Deadline.running(colour="orange", days=0, due=now)),
        ("JZ-C-261202-02155-A7", t("食品经营许可延续", "Licence renewal"), "江畔早点", c.Deadline.running(colour="green", days=3, due=now + 4 * day)),
    ]  # fmt: skip
    return c.ListTable(
        caption=t("我的待办，期限近的在前", "My work, nearest deadline first"),
        columns=[t("事项与编号", "Service and number"), t("申请人", "Applicant"), t("步骤", "Step"), t("标记", "Marks")],
        rows=[
            c.ListRow([c.Cell(title, url="#table", mono=reference), c.Cell(who), c.Cell(t("审核", "Review"), label=t("步骤", "Step")), c.Cell(badge=c.Badge(t("四眼", "Four eyes")))], reference, due, current=n == 1)
            for n, (reference, title, who, due) in enumerate(rows)
        ],
        selectable=True,
        deadlines=True,
    )  # fmt: skip


def _chart() -> c.BarChart:
    return c.BarChart(
        t("应交与已预扣", "Due and withheld"),
        [t("单独计税", "Taxed separately"), t("并入", "Joined")],
        [c.Series(t("综合所得的税", "Tax on income"), [8480, 12280], ["8,480.00", "12,280.00"]), c.Series(t("年终奖的税", "Tax on the bonus"), [1080, 0], ["1,080.00", "0.00"])],
        unit=t("元", "yuan"), line=12160, line_label=t("已预扣 12,160.00", "withheld 12,160.00"), heading=t("项目", "Item"),
    )  # fmt: skip


def _figures() -> list[c.Figure]:
    return [
        c.Figure(t("按承诺日期办结", "Finished by the promised date"), "96.8", "%", point=96.8, low=96.6, high=97.0, target=95, axis=(94, 98),
                 why=c.Why(t("示例数字。区间按 Wilson 法，置信度 95%。", "Sample figures. Wilson interval, 95% confidence."), summary=t("区间 96.6–97.0%，怎么算的", "Interval 96.6–97.0%, how it is computed"))),
        c.Figure(t("办一件事的中位时间", "Median time"), "2", t(" 个工作日", " working days"), t("九成在 8 个工作日内", "nine in ten within 8")),
    ]  # fmt: skip


def _keys() -> list[c.KeyHint]:
    return [
        c.KeyHint(["J", "K"], t("下一条、上一条", "next, previous")),
        c.KeyHint(["Enter"], t("打开", "open")),
        c.KeyHint(["X"], t("选中", "choose")),
        c.KeyHint(["/"], t("查找", "search")),
        c.KeyHint(["?"], t("全部按键", "all keys")),
    ]


def _thread(now: dt.datetime) -> list[c.Message]:
    hour = dt.timedelta(hours=1)
    return [
        c.Message(t("陈立，水务局", "Chen Li, Water Affairs"), now - 3 * hour, t("现场看过，隔油池合格。还缺水质检测报告。", "We saw the site; the trap is fine. The water test report is missing.")),
        c.Message(t("您", "You"), now - hour, t("检测机构说下周一出报告，可以吗？", "The laboratory says Monday. Is that all right?"), mine=True),
    ]  # fmt: skip


def _plan() -> list[c.PlanStep]:
    return [
        c.PlanStep(t("形式审查", "Formal check"), "done", t("材料齐，当场受理", "complete, accepted at once"), "11-27"),
        c.PlanStep(t("现场核查", "Inspection"), "done", t("两人", "two officers"), "12-02"),
        c.PlanStep(t("写决定", "Write the decision"), "current", t("今天 18:00 前", "by 18:00 today")),
        c.PlanStep(t("复核与签发", "Review and sign"), "todo", t("与承办不得同一人", "not by the same person")),
    ]
