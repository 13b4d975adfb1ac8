"""What messages say: values in our factors and units, with their marks; everything else beside them."""

import csv
from pathlib import Path
from typing import Any

import pytest

from ingest.hj212.contents import moment, read
from ingest.hj212.frame import Message
from schemas.standards import factors, hj212_mapping
from tests.hj212.devices import MN, device

AT = "DataTime=20240101080000;"
UTC_US = 1_704_067_200_000_000  # 2024-01-01T00:00Z


def values(cp: str, cn: str = "2011", **changed: Any) -> dict[str, tuple[float | None, str]]:
    said = read(Message(cn=cn, mn=MN, cp=AT + cp), device(**changed)).statement
    assert said is not None
    assert said.observed_at == UTC_US
    return dict(zip(said.factors, zip(said.values, said.marks, strict=True), strict=True))


def test_units_are_those_of_the_device_s_profile() -> None:
    cp = "a21026-Rtd=0.036,a21026-Flag=N;a01006-Rtd=101.94;a21005-Rtd=0.8"
    assert values(cp, unit_profile="STANDARD") == {"SO2": (36.0, "N"), "pressure": (1019.4, ""), "CO": (0.8, "")}
    assert values("a21026-Rtd=36", unit_profile="AMBIENT") == {"SO2": (36.0, "")}


def test_of_a_stack_the_value_at_reference_oxygen_is_meant_and_the_measured_one_is_a_detail() -> None:
    cp = "a21026-Avg=90,a21026-ZsAvg=120,a21026-ZsMin=100,a21026-Flag=N;01-ZsAvg=9;a21005-Avg=3"
    stack = device(site_kind="SOURCE_MONITOR", unit_profile="STACK")
    said = read(Message(cn="2061", mn=MN, cp=AT + cp), stack)
    assert said.statement is not None
    assert (said.statement.factors, said.statement.values) == (("SO2_stack", "particulate_stack"), [120.0, 9.0])
    assert said.statement.marks == ("N", "")
    assert said.fields["names"] == ["a21026-Avg", "a21026-ZsMin", "a21005-Avg"]


def test_a_device_s_own_codes_go_before_its_profile() -> None:
    own: dict[str, Any] = {
        "codes": ("lng", "a34004", "a34002"),
        "factors": ("O3", "PM2.5", ""),
        "scales": (2.0, 10.0, 1.0),
    }
    assert values("lng-Rtd=4;a34004-Rtd=3;a34002-Rtd=9", **own) == {"O3": (8.0, ""), "PM2.5": (30.0, "")}


def test_codes_of_2005_mean_what_the_site_measures() -> None:
    outfall: dict[str, Any] = {"site_kind": "OUTFALL", "unit_profile": "STANDARD"}
    assert values("B01-Rtd=36.91;011-Rtd=231.0,011-Flag=N;060-Rtd=1.8", **outfall) == {
        "COD": (231.0, "N"), "NH3-N": (1.8, ""),
    }  # fmt: skip
    assert values("020-Rtd=5", **outfall) == {"Hg": (0.005, "")}


def test_a_mean_is_the_value_and_lowest_and_highest_are_not() -> None:
    cp = "a34004-Min=1,a34004-Avg=2,a34004-Max=3,a34004-Cou=4,a34004-Rtd=5"
    assert values(cp, "2061") == {"PM2.5": (2.0, "")}
    assert values(cp, "2011") == {"PM2.5": (5.0, "")}
    assert values("a34004-Rtd=5", "2051") == {"PM2.5": (5.0, "")}
    said = read(Message(cn="2061", mn=MN, cp=AT + cp), device())
    assert said.event == "district.device_detail_recorded"
    assert list(zip(said.fields["names"], said.fields["texts"], strict=True)) == [
        ("a34004-Min", "1"), ("a34004-Max", "3"), ("a34004-Cou", "4"), ("a34004-Rtd", "5"),
    ]  # fmt: skip


def test_no_value_is_no_value() -> None:
    assert values("a34004-Rtd=,a34004-Flag=B") == {"PM2.5": (None, "B")}


@pytest.mark.parametrize(("offset", "shift_h"), [(480, 0), (0, 8), (540, -1)])
def test_times_are_local_to_the_device(offset: int, shift_h: int) -> None:
    assert moment("20240101080000", offset) == UTC_US + shift_h * 3_600_000_000
    assert moment("20240101080000123", offset) == UTC_US + shift_h * 3_600_000_000 + 123_000


@pytest.mark.parametrize("profile", ["STANDARD", "AMBIENT"])
def test_every_mapped_code_is_a_factor_and_every_factor_with_a_code_is_mapped(profile: str) -> None:
    mapping = hj212_mapping(profile)
    assert {factor for factor, _ in mapping.values()} <= factors().keys()
    with Path("schemas/standards/factor.csv").open(encoding="utf-8") as file:
        coded = {row["hj212_code"]: row["factor"] for row in csv.DictReader(file) if row["hj212_code"]}
    assert {code: mapping[code][0] for code in coded} == coded
