"""Soil and waste: a hazardous-waste manifest from issue to receipt, illegal steps refused."""

from tests.conftest import Ask
from tests.journeys.steps import command, enterprise

NO = "20223604000001"
ISSUE = {
    "manifestNo": NO, "generatorId": "g", "carrierId": "c", "receiverId": "r", "wasteCategory": "HW12",
    "wasteCode": "900-252-12", "wasteName": "废漆渣", "hazards": ["T", "I"], "form": "SEMISOLID", "packages": 4,
    "quantityT": 2.5,
}  # fmt: skip
ASKED = "{ manifests { nodes { manifestNo status issuedT loadedT acceptedT vehiclePlate hazards } } }"


def test_a_manifest_goes_from_issue_to_receipt(ask: Ask) -> None:
    enterprise(ask, "g", "c", "r")
    assert command(ask, "issueManifest", **ISSUE)["subject"] == f"manifest/{NO}"
    assert command(ask, "loadManifest", manifestNo=NO, vehiclePlate="赣G1", quantityT=2.5)["eventIds"]
    early = command(ask, "receiveManifest", manifestNo=NO, decision="ACCEPTED", quantityT=2.5)
    assert (early["__typename"], early["code"]) == ("Refused", "illegal_step")
    assert command(ask, "deliverManifest", manifestNo=NO, vehiclePlate="赣G1")["eventIds"]
    assert command(
        ask, "receiveManifest", manifestNo=NO, decision="ACCEPTED", quantityT=2.4, discrepancy="少0.1吨"
    )["eventIds"]
    assert ask(ASKED)["manifests"]["nodes"] == [
        {
            "manifestNo": NO, "status": "ACCEPTED", "issuedT": 2.5, "loadedT": 2.5, "acceptedT": 2.4,
            "vehiclePlate": "赣G1", "hazards": ["T", "I"],
        }
    ]  # fmt: skip


def test_a_manifest_between_unknown_parties_is_refused(ask: Ask) -> None:
    enterprise(ask, "g", "c")
    answer = command(ask, "issueManifest", **ISSUE)
    assert (answer["code"], answer["where"]) == ("unknown_enterprise", "receiver_id")
    assert ask(ASKED)["manifests"]["nodes"] == []
