"""Items of other catalogues: listed, once, with each bad row named by its line."""

import json
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from egov.catalogue import actions, queries
from egov.catalogue.models import PublicService, ServiceVersion
from egov.identity.models import Region
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db
DATA = settings.BASE_DIR.parent / "shared" / "data" / "catalogue-cn"

ITEM = {
    "TASK_CODE": "11440000006939756B2440101007000",
    "TASK_TYPE": "01",
    "TASK_TYPE_TEXT": "行政许可",
    "TASK_NAME": "提价申报",
    "CATANAME": "临时价格干预",
    "CATAID": "440101007000",
    "DEPT_NAME": "广东省发展和改革委员会",
    "AREACODE": "440000",
    "matter_level": "省级",
    "handle_time": "30(工作日)",
    "handle_time_limit": "7(工作日)",
    "accept_standard": "符合条件",
    "handle_location": "越秀区305号",
    "consult_phone": "020-34121084",
    "theme_category": ["其他"],
    "service_object_name": ["自然人", "企业法人"],
    "material_intro": ["申请报告", "申请报告", "营业执照"],
    "LIMIT_SCENE_NUM": "1",
}


@pytest.fixture
def lines(tmp_path):
    def write(*items):
        path = tmp_path / "items.jsonl"
        path.write_text(
            "\n".join(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items)
        )
        return path

    return write


def test_an_item_is_listed_with_what_its_row_says(lines):
    report = actions.import_items(SYSTEM, path=lines(ITEM), region_name="广东省")
    row = queries.published(ITEM["TASK_CODE"])
    assert (report.rows, report.created, report.errors) == (1, [ITEM["TASK_CODE"]], [])
    assert row.name == {"zh-Hans": "提价申报"}
    assert (row.statutory_limit, row.promised_limit, row.promised_unit) == (30, 7, "wd")
    assert (row.item_type, row.level, row.audience) == ("01", "province", ["person", "enterprise"])
    assert [each["name"]["zh-Hans"] for each in row.materials] == ["申请报告", "营业执照"]
    assert row.channel["file_at"] == {"zh-Hans": "越秀区305号"}
    assert (row.is_fileable, row.online_depth) == (False, 1)
    assert (row.service.source, row.service.region.name) == ("import:items", {"zh-Hans": "广东省"})


def test_importing_again_changes_nothing_and_a_changed_row_is_a_new_version(lines):
    actions.import_items(SYSTEM, path=lines(ITEM))
    assert actions.import_items(SYSTEM, path=lines(ITEM)).changed == []
    report = actions.import_items(SYSTEM, path=lines({**ITEM, "handle_time_limit": "5(工作日)"}))
    assert report.updated == [ITEM["TASK_CODE"]]
    assert queries.published(ITEM["TASK_CODE"]).promised_limit == 5
    assert ServiceVersion.objects.count() == 2


def test_bad_rows_are_named_and_the_good_ones_come_in(lines, new_service):
    new_service("TAKEN-1")
    report = actions.import_items(
        SYSTEM,
        path=lines(
            ITEM,
            "{not json",
            "[1]",
            {**ITEM, "TASK_CODE": ""},
            {**ITEM, "TASK_CODE": "A", "TASK_NAME": None},
            {**ITEM, "TASK_CODE": "B", "TASK_TYPE_TEXT": "魔法"},
            {**ITEM, "TASK_CODE": "C", "handle_time": "很久"},
            ITEM,
            {**ITEM, "TASK_CODE": "TAKEN-1"},
            {**ITEM, "TASK_CODE": "D", "handle_time": "3(工作日)"},
            {**ITEM, "TASK_CODE": "E\u0000", "TASK_NAME": "有\u0000空字符"},
        ),
    )
    assert [error.line for error in report.errors] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert report.created == [ITEM["TASK_CODE"], "E"]
    assert "earlier line" in report.errors[6].message
    assert "from elsewhere" in report.errors[7].message
    assert "promise" in report.errors[8].message
    assert queries.published("E").name["zh-Hans"] == "有空字符"


def test_a_time_that_is_not_stated_is_not_on_the_spot(lines):
    actions.import_items(SYSTEM, path=lines({**ITEM, "handle_time_limit": None, "handle_time": None}))
    row = queries.published(ITEM["TASK_CODE"])
    assert (row.case_kind, row.promised_limit, row.statutory_limit) == ("promised", 0, None)


@pytest.mark.parametrize(("name", "text"), [("a.txt", ""), ("a.csv", "x,y\n1,2\n")])
def test_a_file_of_another_kind_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput):
        actions.import_items(SYSTEM, path=tmp_path / name)
    with pytest.raises(CommandError):
        call_command("import_catalogue", str(tmp_path / name))


def test_the_command_is_a_dry_run_unless_told(lines):
    out = StringIO()
    path = lines(ITEM, "{")
    call_command("import_catalogue", str(path), stdout=out)
    assert "line 2" in out.getvalue()
    assert "2 rows: 1 new" in out.getvalue()
    assert not PublicService.objects.exists()
    call_command("import_catalogue", str(path), "--commit", stdout=out)
    assert PublicService.objects.count() == 1


def test_csv_rows_take_their_region_from_the_code(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text(
        "department,main_item,name,item_code,task_type,dept_code\n"
        "区人社局,未分类,失业登记,512A0138000000-511602000000-000-1-1-00,20,1\n"
        "区人社局,大类,怪事,512A0138000001-511602000000-000-1-1-00,77,1\n",
        encoding="utf-8-sig",
    )
    report = actions.import_items(SYSTEM, path=path)
    assert [error.line for error in report.errors] == [3]
    row = queries.published("512A0138000000-511602000000-000-1-1-00")
    assert (row.item_type, row.service.region_id, row.summary) == ("20", "511602", {})
    assert Region.objects.get(code="511602").level == "district"


@pytest.mark.parametrize(
    ("name", "rows"), [("guangdong_items_2000.jsonl", 2000), ("guangan_511602_items_1135.csv", 1135)]
)
def test_the_real_items_of_two_catalogues_come_in_whole_and_quickly(name, rows):
    if not (DATA / name).exists():
        pytest.skip(f"NOT CHECKED: {name} is not here")
    began = time.monotonic()
    report = actions.import_items(SYSTEM, path=DATA / name)
    assert (report.rows, len(report.created), report.errors) == (rows, rows, [])
    assert time.monotonic() - began < 60
    again = actions.import_items(SYSTEM, path=DATA / name)
    assert (again.changed, again.unchanged) == ([], rows)
    assert queries.numbers().listed == rows
