"""Loading reference data: Xunyang's own, again, and folders that can't be understood."""

from pathlib import Path
from typing import Any

import pytest

from running.operations import OPERATIONS
from running.platform import Platform, silent
from services.load import BadDistrict
from tests.conftest import DISTRICT, REFERENCES


def loaded(platform: Platform, folder: Path) -> dict[str, Any]:
    return OPERATIONS["load"](platform, {"folder": str(folder)}, silent)


def counted(platform: Platform, sql: str) -> list[tuple[Any, ...]]:
    with platform.database.read() as snapshot:
        return snapshot.connection.execute(sql).fetchall()


def test_xunyang_is_loaded_once(platform: Platform) -> None:
    assert loaded(platform, DISTRICT) == {"recorded": REFERENCES, "unchanged": 0, "refused": []}
    assert loaded(platform, DISTRICT) == {"recorded": 0, "unchanged": REFERENCES, "refused": []}


def test_the_plan_s_places_figures_indicators_and_projects_are_there(platform: Platform) -> None:
    loaded(platform, DISTRICT)
    kinds = dict(counted(platform, "SELECT kind, count(*) FROM base.site GROUP BY ALL"))
    assert kinds == {"subdistrict": 5, "station": 14, "river": 1, "lake": 4, "section": 1, "outfall": 5}
    assert counted(platform, "SELECT count(*), count(DISTINCT number) FROM plan.indicator") == [(25, 20)]
    assert counted(platform, "SELECT count(*), sum(budget_yuan) FROM plan.project") == [(13, 2_557_120_000)]
    assert counted(
        platform, "SELECT base_value, target_value, attribute FROM plan.indicator WHERE indicator_id = '1'"
    ) == [(45.2, 35.0, "BINDING")]
    areas = dict(counted(platform, "SELECT site_id, area_ha FROM base.lake_registered"))
    assert areas == {"gantang-lake": 46.7, "nanmen-lake": 53.3, "baishui-lake": 133, "pipa-lake": 34}


def test_only_published_positions_are_not_called_approximate(platform: Platform) -> None:
    loaded(platform, DISTRICT)
    published = counted(
        platform, "SELECT site_id FROM base.site WHERE position_quality <> 'APPROXIMATE' ORDER BY 1"
    )
    assert [site for (site,) in published] == [*(f"18{n:02}A" for n in range(3, 11)), "3190A"]
    assert counted(platform, "SELECT count(*) FROM base.site WHERE name_zh = '' OR name_en = ''") == [(0,)]


@pytest.mark.parametrize(
    ("index", "file", "text", "message"),
    [
        ("load: [register_lake]", "register_lake.csv", "site_id,depth_m\nx,deep\n", "depth_m: 'deep' is no number"),
        (
            "load: [register_lake]",
            "register_lake.csv",
            "site_id,colour\nx,blue\n",
            "colour: no field of RegisterLake",
        ),
        ("load: [register_moon]", "register_moon.csv", "site_id\nx\n", "no command is called 'register_moon'"),
        ("load: [register_lake]", "other.csv", "", "there is no such file"),
        (
            "load: [register_outfall]",
            "register_outfall.csv",
            "site_id,automatic_monitor\nx,yes\n",
            "neither true nor",
        ),
    ],
)
def test_a_folder_that_can_not_be_understood_records_nothing(
    platform: Platform, tmp_path: Path, index: str, file: str, text: str, message: str
) -> None:
    (tmp_path / "district.yaml").write_text(index)
    (tmp_path / file).write_text(text)
    with pytest.raises(BadDistrict, match=message):
        loaded(platform, tmp_path)
    assert dict(platform.log.ends()) == {}


def test_a_folder_without_an_index_is_no_district(platform: Platform, tmp_path: Path) -> None:
    with pytest.raises(BadDistrict, match=r"has no district\.yaml"):
        loaded(platform, tmp_path)
