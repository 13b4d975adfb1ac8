"""Pollutants of ships: each receipt is closed by transfer and disposal (船舶水污染物接收、转运、处置联合监管)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from services.checks import expect_above_zero
from services.decider import Command, Decider, require
from services.life import Act, Standing, life


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


def check_receipt(command: ReceiveShipWaste, _standing: Standing, _now: datetime) -> None:
    expect_above_zero(command, "quantity")
    transfer, disposal = command.transfer_due_on, command.disposal_due_on
    require(
        transfer is None or disposal is None or transfer <= disposal,
        "impossible_order",
        f"it would be due for disposal on {disposal}, before its transfer on {transfer}",
        "disposal_due_on",
        "Correct one of the days.",
    )


def check_transfer(command: TransferShipWaste, _standing: Standing, _now: datetime) -> None:
    expect_above_zero(command, "quantity")


def check_disposal(command: DisposeShipWaste, standing: Standing, _now: datetime) -> None:
    expect_above_zero(command, "quantity")
    holder = standing.last("water.ship_waste_transferred")["disposer"]
    require(
        command.disposer == holder,
        "other_disposer",
        f"{command.disposer} would dispose of it, but it was handed on to {holder}",
        "disposer",
        "Check who has it.",
    )


DECIDERS: Mapping[type[Command], Decider] = life(
    "ship_receipt",
    {
        ReceiveShipWaste: Act("water.ship_waste_received", check_receipt),
        TransferShipWaste: Act("water.ship_waste_transferred", check_transfer),
        DisposeShipWaste: Act("water.ship_waste_disposed", check_disposal),
    },
)
