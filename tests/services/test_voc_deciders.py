"""Deciders of volatile organic compounds and odours: given facts, when a command, then facts or a refusal."""

from datetime import date, datetime, timedelta

import pytest

from services.air.bypasses import CloseBypass, InspectBypass, OpenBypass, RegisterBypass, RemoveBypass
from services.air.bypasses import ReportBypassOpening as Report
from services.air.leaks import ReportLdarRound
from services.air.odour import DelistOdourEnterprise, ListOdourEnterprise, RecordOdourComplaint
from services.air.odour import RecordOdourMeasurement as Measure
from services.air.tanks import CloseTankProblem, InspectTank, RegisterTank
from services.air.voc import (
    AdoptVocPlan,
    CancelVocMeasure,
    CompleteVocMeasure,
    PlanVocMeasure,
    PostponeVocMeasure,
    RegisterVocEnterprise,
)
from services.decider import Command
from tests.services.test_deciders import AT, changed, facts_of, refused

DAY, LATER = date(2022, 1, 2), date(2022, 1, 9)
ENTRY = RegisterVocEnterprise(
    enterprise_id="e", industry="x", processes=["x"], materials=["x"], voc_contents_percent=[None],
    uses_t_per_year=[1.0], generated_t_per_year=2.0, emitted_t_per_year=1.0, source="test",
)  # fmt: skip
ADOPT = AdoptVocPlan(
    enterprise_id="e", version=1, adopted_on=DAY, target_reduction_t_per_year=1.0, source="test"
)  # fmt: skip
PLAN = PlanVocMeasure(
    measure_id="m", enterprise_id="e", category="LDAR", description="x", due_on=DAY, source="test"
)  # fmt: skip
COMPLETE = CompleteVocMeasure(measure_id="m", done="x", completed_on=DAY, verified_by="x", source="test")
POSTPONE = PostponeVocMeasure(measure_id="m", due_on=LATER, reason="x", source="test")
CANCEL = CancelVocMeasure(measure_id="m", reason="x", source="test")
TANK = RegisterTank(
    tank_id="t", enterprise_id="e", content="x", volume_m3=1.0, kind="FIXED_ROOF", source="test"
)  # fmt: skip
INSPECT = InspectTank(
    inspection_id="i", tank_id="t", inspected_on=DAY, found="x", problem=True, due_on=LATER, source="test"
)
SOLVE = CloseTankProblem(inspection_id="i", done="x", closed_on=DAY, source="test")
ROUND = ReportLdarRound(
    round_id="r", enterprise_id="e", begun_on=DAY, ended_on=DAY, components=3, checked=3, leak_from_umol_mol=1.0,
    leaking=1, repaired_in_time=1, source="test",
)  # fmt: skip
BYPASS = RegisterBypass(bypass_id="b", enterprise_id="e", place="x", kept_for="x", source="test")
LOOK = InspectBypass(bypass_id="b", inspected_on=DAY, found="x", problem=False, source="test")
OPEN = OpenBypass(bypass_id="b", opened_at=AT - timedelta(hours=2), reason="x", source="test")
CLOSE = CloseBypass(bypass_id="b", closed_at=AT - timedelta(hours=1), source="test")
AGAIN = changed(OPEN, opened_at=AT)
REPORT = Report(bypass_id="b", opening=1, reported_at=AT, source="test")
REMOVE = RemoveBypass(bypass_id="b", removed_on=DAY, done="x", source="test")
LIST = ListOdourEnterprise(
    enterprise_id="e", substances=["x"], sources=["x"], reason="x", listed_on=DAY, source="test"
)
DELIST = DelistOdourEnterprise(enterprise_id="e", delisted_on=DAY, reason="x", source="test")
COMPLAINT = RecordOdourComplaint(complaint_id="c", place="x", smelled_at=AT, smell="x", source="test")
MEASURED = Measure(
    measurement_id="m", enterprise_id="e", measured_at=AT, point="x", odour_concentration=1.0, method="x",
    source="test",
)  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "facts"),
    [
        ([ENTRY, ENTRY, changed(ENTRY, grade="B")], 2),
        ([ADOPT, ADOPT], 1),
        ([PLAN, POSTPONE, POSTPONE, COMPLETE], 3),
        ([PLAN, CANCEL], 2),
        ([INSPECT, SOLVE], 2),
        ([BYPASS, LOOK, LOOK, OPEN, BYPASS, CLOSE, OPEN, CLOSE, REPORT, REMOVE, BYPASS, AGAIN], 8),
        ([LIST, LIST, DELIST, LIST], 3),
        ([COMPLAINT, COMPLAINT], 1),
        ([ROUND, ROUND, changed(ROUND, repaired_in_time=0, repaired_late=1)], 2),
    ],
)
def test_what_may_be_said_is_said_once(steps: list[Command], facts: int) -> None:
    assert len(facts_of(*steps)) == facts


@pytest.mark.parametrize(
    "steps",
    [
        [COMPLETE], [POSTPONE], [PLAN, PLAN], [PLAN, COMPLETE, CANCEL], [PLAN, CANCEL, COMPLETE],
        [SOLVE], [INSPECT, INSPECT], [INSPECT, SOLVE, SOLVE], [changed(INSPECT, problem=False, due_on=None), SOLVE],
        [OPEN], [LOOK], [BYPASS, CLOSE], [BYPASS, OPEN, AGAIN], [BYPASS, OPEN, REMOVE], [BYPASS, REMOVE, REMOVE],
        [BYPASS, OPEN, REPORT, REPORT], [BYPASS, changed(OPEN, reported_at=AT), REPORT],
        [BYPASS, OPEN, CLOSE, changed(OPEN, reason="y")],
        [BYPASS, OPEN, changed(CLOSE, closed_at=AT - timedelta(1))],
        [DELIST], [LIST, DELIST, DELIST],
    ],
)  # fmt: skip
def test_steps_that_do_not_follow_are_refused(steps: list[Command]) -> None:
    assert refused(*steps) == "illegal_step"


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([changed(ENTRY, materials=[])], "unequal_lengths"),
        ([changed(ENTRY, emitted_t_per_year=3.0)], "impossible_quantity"),
        ([changed(ENTRY, voc_contents_percent=[101.0])], "impossible_quantity"),
        ([changed(ENTRY, uses_t_per_year=[float("nan")])], "impossible_quantity"),
        ([changed(ENTRY, grade="E")], "unknown_value"),
        ([changed(ENTRY, processes=[" "])], "empty"),
        ([changed(ADOPT, version=0)], "impossible_version"),
        ([changed(ADOPT, adopted_on=date(2022, 1, 4))], "in_the_future"),
        ([PLAN, changed(POSTPONE, due_on=DAY)], "not_later"),
        ([PLAN, POSTPONE, changed(POSTPONE, reason="y")], "not_later"),
        ([PLAN, changed(COMPLETE, completed_on=LATER)], "in_the_future"),
        ([changed(TANK, seal="OTHER")], "no_floating_roof"),
        ([changed(TANK, vapour_treatment="x")], "unknown_value"),
        ([changed(TANK, volume_m3=-1.0)], "impossible_quantity"),
        ([changed(INSPECT, due_on=None)], "due_day_wrong"),
        ([INSPECT, changed(SOLVE, closed_on=date(2022, 1, 1))], "impossible_order"),
        ([BYPASS, OPEN, changed(REPORT, opening=2)], "unknown_opening"),
        ([BYPASS, changed(OPEN, reported_at=AT + timedelta(1))], "in_the_future"),
        ([BYPASS, changed(OPEN, opened_at=AT + timedelta(1))], "in_the_future"),
        ([changed(COMPLAINT, smelled_at=datetime(2023, 1, 1))], "in_the_future"),  # noqa: DTZ001
        ([changed(LIST, boundary_class="II")], "unknown_value"),
        ([changed(ROUND, ended_on=date(2022, 1, 1))], "impossible_order"),
        ([changed(ROUND, checked=4)], "impossible_count"),
        ([changed(ROUND, leaking=2)], "impossible_count"),
        ([changed(ROUND, components=-1)], "impossible_quantity"),
        ([changed(MEASURED, odour_concentration=float("inf"))], "impossible_quantity"),
    ],
)
def test_what_can_not_be_is_refused(steps: list[Command], code: str) -> None:
    assert refused(*steps) == code
