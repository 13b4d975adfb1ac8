"""Commands of every life: one that goes through its steps, and any with fields that may or may not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.air import carbon, tanks, voc, weather
from services.decider import Command
from services.district import sites
from services.enforcement import commands as enforcement
from services.quality import alarms
from services.risk import commands as risk
from services.soil import commands as soil
from services.water import ships

BEGIN = datetime(2022, 1, 3, 4, tzinfo=UTC)
NO = {"manifest_no": "20223604000001"}
ALARM = {"alarm_id": "EXCEEDANCE/m/SO2_stack/2022-01-03T04:00:00Z"}

_WHOLE: Mapping[str, Sequence[tuple[type[Command], dict[str, Any]]]] = {
    "manifest": [
        (soil.IssueManifest, {
            **NO, "generator_id": "g", "carrier_id": "c", "receiver_id": "r", "waste_category": "HW12",
            "waste_code": "900-252-12", "waste_name": "漆渣", "hazards": ["T"], "form": "SOLID", "packages": 1,
            "quantity_t": 3.2,
        }),
        (soil.LoadManifest, {**NO, "vehicle_plate": "赣G1", "quantity_t": 3.2}),
        (soil.DeliverManifest, {**NO, "vehicle_plate": "赣G1"}),
        (soil.ReceiveManifest, {**NO, "decision": "ACCEPTED", "quantity_t": 3.2}),
        (soil.VoidManifest, {**NO, "reason": "x"}),
    ],
    "ship_receipt": [
        (ships.ReceiveShipWaste, {
            "receipt_no": "1", "ship_name": "x", "pollutant": "OILY_WATER", "quantity": 2.0, "unit": "m3",
            "receiver": "r",
        }),
        (ships.TransferShipWaste, {"receipt_no": "1", "carrier": "c", "disposer": "d", "quantity": 2.0}),
        (ships.DisposeShipWaste, {"receipt_no": "1", "disposer": "d", "method": "x", "quantity": 2.0}),
    ],
    "warning": [
        (weather.IssueWarning, {"warning_id": "w", "area_id": "a", "level": "YELLOW", "reason": "x"}),
        (weather.AdjustWarning, {"warning_id": "w", "level": "RED", "reason": "x"}),
        (weather.LiftWarning, {"warning_id": "w", "reason": "x"}),
    ],
    "incident": [
        (risk.ReportIncident, {
            "incident_id": "i", "title_zh": "甲", "title_en": "a", "level": 4, "reported_by": "x",
        }),
        (risk.EscalateIncident, {"incident_id": "i", "level": 1, "reason": "x"}),
        (risk.CloseIncident, {"incident_id": "i", "conclusion": "x"}),
    ],
    "case": [
        (enforcement.FileCase, {"case_id": "1", "enterprise_id": "e", "cause": "x", "legal_basis": "y"}),
        (enforcement.InvestigateCase, {"case_id": "1", "conclusion": "x"}),
        (enforcement.NotifyCase, {"case_id": "1", "intended_fine_yuan": 100_000.0}),
        (enforcement.DecideCase, {
            "case_id": "1", "decision": "PENALTY", "decision_no": "1", "fine_yuan": 100_000.0,
        }),
        (enforcement.FulfilCase, {"case_id": "1", "paid_yuan": 100_000.0}),
        (enforcement.CloseCase, {"case_id": "1", "reason": "x"}),
    ],
    "ghg_report": [
        (carbon.ReportGhg, {
            "enterprise_id": "e", "year": 2021, "scope1_t_co2e": 1.0, "scope2_t_co2e": 1.0, "output": 1.0,
            "output_unit": "t", "energy_tce": 1.0,
        }),
        (carbon.VerifyGhg, {"enterprise_id": "e", "year": 2021, "verifier": "x"}),
        (carbon.ReturnGhg, {"enterprise_id": "e", "year": 2021, "reason": "x"}),
    ],
    "voc_measure": [
        (voc.PlanVocMeasure, {
            "measure_id": "m", "enterprise_id": "e", "category": "SOURCE_SUBSTITUTION", "description": "x",
            "due_on": date(2022, 6, 30),
        }),
        (voc.PostponeVocMeasure, {"measure_id": "m", "due_on": date(2022, 9, 30), "reason": "x"}),
        (voc.CompleteVocMeasure, {
            "measure_id": "m", "done": "x", "completed_on": date(2022, 3, 1), "verified_by": "x",
        }),
        (voc.CancelVocMeasure, {"measure_id": "m", "reason": "x"}),
    ],
    "tank_inspection": [
        (tanks.InspectTank, {
            "inspection_id": "1", "tank_id": "t", "inspected_on": date(2022, 1, 3), "found": "x", "problem": True,
            "due_on": date(2022, 2, 1),
        }),
        (tanks.CloseTankProblem, {"inspection_id": "1", "done": "x", "closed_on": date(2022, 1, 5)}),
    ],
    "site": [
        (sites.RetireSite, {"site_id": "s", "reason": "x"}),
        (sites.ReinstateSite, {"site_id": "s", "reason": "x"}),
    ],
    "alarm": [
        (alarms.AssignAlarm, {**ALARM, "assignee": "甲"}),
        (alarms.AcknowledgeAlarm, {**ALARM, "action": "x"}),
        (alarms.HandleAlarm, {**ALARM, "done": "x"}),
        (alarms.CloseAlarm, {**ALARM, "outcome": "REMEDIED", "reason": "x"}),
        (alarms.ReopenAlarm, {**ALARM, "reason": "x"}),
    ],
}  # fmt: skip

ASIDE: Mapping[str, set[str]] = {
    **{name: set() for name in _WHOLE},
    "manifest": {"soil.manifest_voided"},
    "voc_measure": {"air.voc_measure_cancelled"},
}
"""Steps that end a life another way than `whole` does."""


@dataclass(frozen=True)
class Beside:
    """What is known of other things: one other, with these facts."""

    name: str
    said: Sequence[tuple[str, Mapping[str, Any]]]

    def history(self, _subject: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        return self.said

    def naming(self, event: str, field: str, identity: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
        return [each for each in self.said if each[0] == event and each[1][field] == identity]


ALONE = Beside("", ())


def whole(name: str) -> list[Command]:
    """A life through all its steps, an hour each."""
    steps = [step for step in _WHOLE[name] if not any(step[0] in _ENDING[each] for each in ASIDE[name])]
    return [
        kind(source="test", occurred_at=BEGIN + timedelta(hours=number), **fields)
        for number, (kind, fields) in enumerate(steps)
    ]


_ENDING: Mapping[str, tuple[type[Command], ...]] = {
    "soil.manifest_voided": (soil.VoidManifest,),
    "air.voc_measure_cancelled": (voc.CancelVocMeasure,),
}


@st.composite
def of(draw: st.DrawFn, name: str) -> Command:
    """Any command of a life, at any hour of three days, with quantities that may not fit."""
    kind, fields = draw(st.sampled_from(_WHOLE[name]))
    at = BEGIN + timedelta(hours=draw(st.integers(0, 72)))
    changed: dict[str, Any] = {
        field: draw(st.sampled_from([value, value, 0.0, value / 2, value * 1.04, value * 1.06, value * 3]))
        for field, value in fields.items()
        if isinstance(value, float)
    }
    if "decision" in fields:
        options = {soil.ReceiveManifest: ["ACCEPTED", "PARTLY_ACCEPTED", "REJECTED"]}
        changed["decision"] = draw(st.sampled_from(options.get(kind, ["PENALTY", "NO_PENALTY", "TRANSFERRED"])))
    if hasattr(kind, "discrepancy"):
        changed["discrepancy"] = draw(st.sampled_from([None, "x"]))
    command: Command = kind(source="test", occurred_at=at, **{**fields, **changed})
    return command
