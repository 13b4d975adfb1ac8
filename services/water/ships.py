"""Pollutants of ships: each receipt is closed by transfer and disposal (船舶水污染物接收、转运、处置联合监管)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.decider import Command, Decide, Decider, Fact, Refused, require, stated


@dataclass(frozen=True, kw_only=True)
class ReceiveShipWaste(Command):
    """Take pollutants over from a ship: quantity in m3 or t, days by which it is handed on and disposed of."""

    receipt_no: str
    ship_name: str
    pollutant: str
    quantity: float
    unit: str
    receiver: str
    ship_id: str | None = None
    transfer_due_on: date | None = None
    disposal_due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class TransferShipWaste(Command):
    """Hand pollutants of a ship on to whoever disposes of them: quantity in the receipt's unit."""

    receipt_no: str
    carrier: str
    disposer: str
    quantity: float
    discrepancy: str | None = None


@dataclass(frozen=True, kw_only=True)
class DisposeShipWaste(Command):
    """Dispose of pollutants of a ship, which closes the receipt: quantity in the receipt's unit."""

    receipt_no: str
    disposer: str
    method: str
    quantity: float
    discrepancy: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the handler knows of a receipt; `status` is empty before there is one."""

    status: str = ""
    quantity: float = 0.0
    disposer: str = ""


def receive_ship_waste(command: ReceiveShipWaste, state: Receipt, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.receipt_no, "")
    _expect_quantity(command.quantity, None, None)
    transfer, disposal = command.transfer_due_on, command.disposal_due_on
    require(
        transfer is None or disposal is None or transfer <= disposal,
        "impossible_order",
        f"it would be due for disposal on {disposal}, before its transfer on {transfer}",
        "disposal_due_on",
        "Correct one of the days.",
    )
    return [stated("water.ship_waste_received", command)]


def transfer_ship_waste(command: TransferShipWaste, state: Receipt, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.receipt_no, "RECEIVED")
    _expect_quantity(command.quantity, state.quantity, command.discrepancy)
    return [stated("water.ship_waste_transferred", command)]


def dispose_ship_waste(command: DisposeShipWaste, state: Receipt, _now: datetime) -> Sequence[Fact]:
    _expect(state, command.receipt_no, "TRANSFERRED")
    _expect_quantity(command.quantity, state.quantity, command.discrepancy)
    require(
        command.disposer == state.disposer,
        "other_disposer",
        f"{command.disposer} would dispose of it, but it was handed on to {state.disposer}",
        "disposer",
        "Check who has it.",
    )
    return [stated("water.ship_waste_disposed", command)]


def evolve(state: Receipt, fact: Fact) -> Receipt:
    quantity = fact.fields["quantity"]
    match fact.event:
        case "water.ship_waste_received":
            return replace(state, status="RECEIVED", quantity=quantity)
        case "water.ship_waste_transferred":
            return replace(state, status="TRANSFERRED", quantity=quantity, disposer=fact.fields["disposer"])
        case _:
            return replace(state, status="CLOSED", quantity=quantity)


def _expect(state: Receipt, receipt_no: str, status: str) -> None:
    if state.status != status:
        standing = f"it is {state.status}" if state.status else "there is none"
        needed = f"this step needs it {status}" if status else "its number is taken"
        raise Refused(
            "illegal_step",
            f"receipt {receipt_no}: {standing}, and {needed}",
            "receipt_no",
            "Check the number, and which step comes next.",
        )


def _expect_quantity(quantity: float, before: float | None, discrepancy: str | None) -> None:
    """What goes on is more than nothing and at most what there was; where it is less, it must be said why."""
    require(
        0 < quantity < float("inf") and (before is None or quantity <= before),
        "impossible_quantity",
        f"{quantity} of {before}" if before is not None else f"{quantity} is no quantity",
        "quantity",
        "Give a quantity above 0, at most what the step before it stated.",
    )
    require(
        before is None or quantity == before or bool(discrepancy),
        "reason_missing",
        f"{quantity} of {before} without a discrepancy",
        "discrepancy",
        "Say where the rest went.",
    )


def _receipt(decide: Decide) -> Decider:
    return Decider("ship_receipt", lambda c: c.receipt_no, decide, evolve, Receipt())


DECIDERS: Mapping[type[Command], Decider] = {
    ReceiveShipWaste: _receipt(receive_ship_waste),
    TransferShipWaste: _receipt(transfer_ship_waste),
    DisposeShipWaste: _receipt(dispose_ship_waste),
}
