"""Greenhouse gases: a report is returned, made anew and verified, and its intensity follows."""

from tests.conftest import Ask
from tests.journeys.steps import command, enterprise

YEAR = {"enterpriseId": "e", "year": 2020}
AMOUNTS = {"scope1TCo2e": 600.0, "scope2TCo2e": 200.0, "output": 400.0, "outputUnit": "t", "energyTce": 300.0}
ASKED = "status totalTCo2e intensityTCo2ePerUnit keyEnergyUnit"


def test_a_returned_report_is_made_again_and_verified(ask: Ask) -> None:
    enterprise(ask, "e")
    assert command(ask, "verifyGhg", **YEAR, verifier="甲")["code"] == "illegal_step"
    assert command(ask, "reportGhg", **YEAR, **AMOUNTS)["eventIds"]
    assert command(ask, "reportGhg", **YEAR, **AMOUNTS)["code"] == "illegal_step"
    assert command(ask, "returnGhg", **YEAR, reason="边界不全")["eventIds"]
    assert ask(f"{{ ghgReports {{ nodes {{ {ASKED} }} }} }}")["ghgReports"]["nodes"][0]["status"] == "RETURNED"
    assert command(ask, "verifyGhg", **YEAR, verifier="甲")["code"] == "illegal_step"
    again = {**AMOUNTS, "scope1TCo2e": 800.0, "keyEnergyUnit": True}
    assert command(ask, "reportGhg", **YEAR, **again)["eventIds"]
    assert command(ask, "verifyGhg", **YEAR, verifier="甲")["eventIds"]
    verified = {"status": "VERIFIED", "totalTCo2e": 1000.0, "intensityTCo2ePerUnit": 2.5, "keyEnergyUnit": True}
    assert ask(f"{{ ghgReports(year: 2020) {{ nodes {{ {ASKED} }} }} }}")["ghgReports"]["nodes"] == [verified]
    assert (
        ask(f'{{ ghgReports(asOf: "2020-01-01T00:00:00Z") {{ nodes {{ {ASKED} }} }} }}')["ghgReports"]["nodes"]
        == []
    )
    assert ask("{ keyUnitEnergy { nodes { year units verifiedUnits energyTce } } }")["keyUnitEnergy"]["nodes"] == [
        {"year": 2020, "units": 1, "verifiedUnits": 1, "energyTce": 300.0}
    ]


def test_what_can_not_be_is_refused(ask: Ask) -> None:
    enterprise(ask, "e")
    assert command(ask, "reportGhg", **YEAR, **{**AMOUNTS, "output": -1.0})["where"] == "output"
    assert command(ask, "reportGhg", **{**YEAR, "year": 9999}, **AMOUNTS)["code"] == "impossible_year"
    assert command(ask, "reportGhg", **{**YEAR, "enterpriseId": "x"}, **AMOUNTS)["code"] == "unknown_enterprise"
