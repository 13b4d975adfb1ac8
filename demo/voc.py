"""What the demo's register of volatile organic compounds and odours holds; all of it says `simulator`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.air.bypasses import CloseBypass, InspectBypass, OpenBypass, RegisterBypass, ReportBypassOpening
from services.air.leaks import ReportLdarRound
from services.air.odour import ListOdourEnterprise, RecordOdourComplaint, RecordOdourMeasurement
from services.air.tanks import CloseTankProblem, InspectTank, RegisterTank
from services.air.voc import (
    AdoptVocPlan,
    CompleteVocMeasure,
    PlanVocMeasure,
    PostponeVocMeasure,
    RegisterVocEnterprise,
)
from services.decider import Command

SOURCE = "simulator"
_AT = datetime(2021, 12, 20, 2, tzinfo=UTC)
_COATING, _CHEMICAL = "demo-coating", "demo-chemical"


def commands() -> Sequence[Command]:
    """Two enterprises that the demo has registered before, with plans, measures, tanks, a bypass and odours."""
    return [*_enterprises(), *_measures(), *_tanks(), _leaks(), *_bypass(), *_odours()]


def _said(days: float = 0) -> dict[str, Any]:
    """Said by the simulator, so many days after the first."""
    return {"source": SOURCE, "occurred_at": _AT + timedelta(days=days)}


def _enterprises() -> Iterator[Command]:
    yield RegisterVocEnterprise(
        enterprise_id=_COATING, industry="surface coating", processes=["喷涂（模拟）", "烘干（模拟）"],
        materials=["溶剂型油漆（模拟）", "稀释剂（模拟）"], voc_contents_percent=[42.0, 100.0],
        uses_t_per_year=[30.0, 8.0], generated_t_per_year=20.6, emitted_t_per_year=7.2,
        treatment="活性炭吸附（模拟）", key_unit=False, grade="C", **_said(),
    )  # fmt: skip
    yield RegisterVocEnterprise(
        enterprise_id=_CHEMICAL, industry="chemicals", processes=["合成（模拟）", "储存（模拟）"],
        materials=["苯（模拟）"], voc_contents_percent=[100.0], uses_t_per_year=[650.0],
        generated_t_per_year=48.0, emitted_t_per_year=6.5, treatment="RTO（模拟）", key_unit=True,
        grade="B", **_said(),
    )  # fmt: skip
    for enterprise_id, target in ((_COATING, 3.0), (_CHEMICAL, 2.0)):
        yield AdoptVocPlan(
            enterprise_id=enterprise_id, version=1, adopted_on=date(2021, 12, 20),
            target_reduction_t_per_year=target, **_said(),
        )  # fmt: skip


def _measures() -> Iterator[Command]:
    planned = [
        ("demo-voc-1", _COATING, "SOURCE_SUBSTITUTION", "改用水性漆（模拟）", date(2022, 6, 30), 2.4),
        ("demo-voc-2", _COATING, "UNORGANISED_CONTROL", "调漆间密闭（模拟）", date(2021, 12, 31), 0.6),
        ("demo-voc-3", _CHEMICAL, "LDAR", "泄漏检测与修复（模拟）", date(2022, 1, 1), 0.8),
        ("demo-voc-4", _CHEMICAL, "TREATMENT_UPGRADE", "储罐废气接入RTO（模拟）", date(2022, 3, 31), 1.2),
    ]
    for measure_id, enterprise_id, category, description, due_on, expected in planned:
        yield PlanVocMeasure(
            measure_id=measure_id, enterprise_id=enterprise_id, category=category, description=description,
            due_on=due_on, expected_reduction_t_per_year=expected, **_said(),
        )  # fmt: skip
    yield CompleteVocMeasure(
        measure_id="demo-voc-2",
        done="已密闭（模拟）",
        completed_on=date(2021, 12, 29),
        verified_by="演示甲",
        **_said(9),
    )
    yield PostponeVocMeasure(
        measure_id="demo-voc-4", due_on=date(2022, 6, 30), reason="设备到货晚（模拟）", **_said(10)
    )


def _tanks() -> Iterator[Command]:
    benzene: dict[str, Any] = {
        "enterprise_id": _CHEMICAL,
        "content": "苯（模拟）",
        "volume_m3": 500.0,
        "vapour_pressure_kpa": 28.5,
    }
    yield RegisterTank(tank_id="demo-tank-1", kind="INTERNAL_FLOATING", seal="LIQUID_MOUNTED", **benzene, **_said())
    yield RegisterTank(
        tank_id="demo-tank-2", kind="FIXED_ROOF", vapour_treatment="NONE", **benzene, **_said()
    )  # fmt: skip
    for number, problem in ((1, True), (2, True), (3, False)):
        due_on = date(2022, 1, 1) + timedelta(days=14 * (number - 1)) if problem else None
        yield InspectTank(
            inspection_id=f"demo-tank-inspection-{number}", tank_id="demo-tank-1" if number == 3 else "demo-tank-2",
            inspected_on=date(2021, 12, 21), found="呼吸阀泄漏（模拟）" if problem else "未见异常（模拟）",
            leak_umol_mol=3200.0 if problem else 140.0, problem=problem, due_on=due_on, **_said(1),
        )  # fmt: skip
    yield CloseTankProblem(
        inspection_id="demo-tank-inspection-1", done="更换阀门（模拟）", closed_on=date(2021, 12, 30), **_said(10)
    )


def _leaks() -> Command:
    return ReportLdarRound(
        round_id="demo-ldar-1", enterprise_id=_CHEMICAL, begun_on=date(2021, 11, 15), ended_on=date(2021, 12, 3),
        components=4200, checked=4150, leak_from_umol_mol=2000.0, leaking=18, repaired_in_time=15, repaired_late=2,
        unrepaired=1, **_said(),
    )  # fmt: skip


def _bypass() -> Iterator[Command]:
    bypass = "demo-bypass-1"
    yield RegisterBypass(
        bypass_id=bypass, enterprise_id=_CHEMICAL, place="RTO入口（模拟）", kept_for="安全泄放（模拟）",
        seal_no="演示铅封1", valve_monitored=True, **_said(),
    )  # fmt: skip
    yield OpenBypass(bypass_id=bypass, opened_at=_AT + timedelta(days=2), reason="RTO检修（模拟）", **_said(2))
    yield CloseBypass(bypass_id=bypass, closed_at=_AT + timedelta(days=2.2), seal_no="演示铅封2", **_said(2.2))
    yield ReportBypassOpening(bypass_id=bypass, opening=1, reported_at=_AT + timedelta(days=2.1), **_said(2.3))
    yield InspectBypass(
        bypass_id=bypass, inspected_on=date(2021, 12, 24), seal_intact=True, seal_no="演示铅封2",
        found="铅封完好（模拟）", problem=False, **_said(4),
    )  # fmt: skip
    yield OpenBypass(bypass_id=bypass, opened_at=_AT + timedelta(days=8), reason="停电（模拟）", **_said(8))
    yield CloseBypass(bypass_id=bypass, closed_at=_AT + timedelta(days=8.1), seal_no="演示铅封3", **_said(8.1))


def _odours() -> Iterator[Command]:
    yield ListOdourEnterprise(
        enterprise_id=_CHEMICAL, substances=["硫化氢", "苯系物"], sources=["污水站（模拟）"],
        reason="群众投诉（模拟）", listed_on=date(2021, 12, 20), boundary_class="CLASS_2", **_said(),
    )  # fmt: skip
    for number in range(1, 4):
        yield RecordOdourComplaint(
            complaint_id=f"demo-odour-{number}", place="演示路（模拟）", smell="臭鸡蛋味（模拟）",
            smelled_at=_AT + timedelta(days=3 * number, hours=12),
            enterprise_id=_CHEMICAL if number < 3 else None, **_said(3 * number + 1),
        )  # fmt: skip
    yield RecordOdourMeasurement(
        measurement_id="demo-odour-measurement-1", enterprise_id=_CHEMICAL, measured_at=_AT + timedelta(days=7),
        point="北厂界（模拟）", odour_concentration=23.0, method="HJ 1262-2022", **_said(8),
    )  # fmt: skip
