"""The plan: Table 1's indicators and Table 2's projects, from the district's folder to GraphQL."""

from running.operations import OPERATIONS
from running.platform import Platform, silent
from tests.conftest import DISTRICT, Ask


def test_indicators_and_projects_are_shown_as_printed(platform: Platform, ask: Ask) -> None:
    OPERATIONS["load"](platform, {"folder": str(DISTRICT)}, silent)
    found = ask(
        "{ indicators { nodes { number nameZh baseText targetText attribute } }"
        " projects { nodes { number nameZh budgetYuan } } }"
    )
    assert found["indicators"]["nodes"][0] == {
        "number": 1, "nameZh": "细颗粒物（PM2.5）浓度（微克/立方米）", "baseText": "45.2", "targetText": "35",
        "attribute": "BINDING",
    }  # fmt: skip
    assert [row["number"] for row in found["indicators"]["nodes"]] == sorted(
        row["number"] for row in found["indicators"]["nodes"]
    )
    assert found["projects"]["nodes"][-1] == {
        "number": 13,
        "nameZh": "智慧环境“1357”助力绿色发展项目",
        "budgetYuan": 55_770_000.0,
    }
