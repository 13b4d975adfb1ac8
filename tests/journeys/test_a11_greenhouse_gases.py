"""A11: enterprises report greenhouse gases, are verified or sent back, and key energy-using units are summed."""

from typing import Any

import pytest

from tests.journeys.house import House

AMOUNTS = {"scope1TCo2e": 900.0, "scope2TCo2e": 350.0, "output": 500.0, "outputUnit": "t", "energyTce": 410.0}


@pytest.fixture(scope="module")
def works(house: House) -> House:
    house.place("registerEnterprise", "glass", "steel", "paper", industry="x")
    return house


def reported(house: House, enterprise: str, year: int, **more: Any) -> None:
    house.does("reportGhg", enterpriseId=enterprise, year=year, **{**AMOUNTS, **more})


def of(house: House, enterprise: str, year: int, columns: str) -> tuple[Any, ...]:
    (row,) = house.rows(f'ghgReports(enterpriseId: "{enterprise}", year: {year})', columns)
    return row


def units(house: House, year: int) -> list[tuple[Any, ...]]:
    columns = "year units verifiedUnits energyTce totalTCo2e simulated"
    return [row[1:] for row in house.rows("keyUnitEnergy", columns) if row[0] == year]


def test_intensity_is_both_scopes_by_what_was_made(works: House) -> None:
    reported(works, "glass", 2021)
    columns = "status totalTCo2e intensityTCo2ePerUnit energyTcePerUnit"
    # 900 + 350 t CO2e of 500 t: 2.5; 410 tce of 500 t: 0.82
    assert of(works, "glass", 2021, columns) == ("REPORTED", 1250.0, 2.5, 0.82)
    reported(works, "glass", 2022, output=0.0)
    assert of(works, "glass", 2022, columns) == ("REPORTED", 1250.0, None, None)


def test_a_report_is_sent_back_made_anew_and_verified(works: House) -> None:
    reported(works, "steel", 2021)
    works.does("returnGhg", enterpriseId="steel", year=2021, reason="漏报外购热力")
    assert of(works, "steel", 2021, "status returnReason") == ("RETURNED", "漏报外购热力")
    assert works.refuses("verifyGhg", enterpriseId="steel", year=2021, verifier="甲") == "illegal_step"
    reported(works, "steel", 2021, scope2TCo2e=600.0)
    works.does("verifyGhg", enterpriseId="steel", year=2021, verifier="甲")
    assert of(works, "steel", 2021, "status totalTCo2e verifier returnReason") == ("VERIFIED", 1500.0, "甲", None)
    assert works.refuses("reportGhg", enterpriseId="steel", year=2021, **AMOUNTS) == "illegal_step"
    # what was verified turns out wrong
    works.does("returnGhg", enterpriseId="steel", year=2021, reason="核查机构更正")
    reported(works, "steel", 2021, scope2TCo2e=650.0)
    assert of(works, "steel", 2021, "status totalTCo2e") == ("REPORTED", 1550.0)


def test_key_units_are_summed_by_year_and_never_real_with_simulated(works: House) -> None:
    for enterprise, energy in (("glass", 410.0), ("steel", 1000.5)):
        reported(works, enterprise, 2023, energyTce=energy, keyEnergyUnit=True)
    reported(works, "paper", 2023, energyTce=99.0)  # no key unit
    assert units(works, 2023) == [(2, 0, 1410.5, 2500.0, False)]
    works.does("verifyGhg", enterpriseId="steel", year=2023, verifier="甲")
    assert units(works, 2023) == [(2, 1, 1410.5, 2500.0, False)]
    works.does("returnGhg", enterpriseId="paper", year=2023, reason="x")
    reported(works, "paper", 2023, energyTce=5000.0, keyEnergyUnit=True, source="simulator")
    # what a simulator says stands in a row of its own
    assert units(works, 2023) == [(2, 1, 1410.5, 2500.0, False), (1, 0, 5000.0, 1250.0, True)]


def test_what_can_not_be_is_refused(works: House) -> None:
    at = {"enterpriseId": "glass", "year": 2024}
    assert works.refuses("reportGhg", **at, **{**AMOUNTS, "scope1TCo2e": -0.1})
    assert works.refuses("reportGhg", **{**at, "year": 2027}, **AMOUNTS) == "impossible_year"
    assert works.refuses("reportGhg", **{**at, "enterpriseId": "moon"}, **AMOUNTS) == "unknown_enterprise"
    assert works.refuses("verifyGhg", **at, verifier="甲") == "illegal_step"
