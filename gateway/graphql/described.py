"""Words for what says none of its own: fields of hand-written types, arguments, and commands' inputs.

A type that is made of a table's columns has theirs, a command's input those of the event that it leads to. What is
left are names that mean the same wherever they stand.
"""

from collections.abc import Mapping
from functools import cache

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema

from gateway.graphql.names import named
from projections.columns import columns
from schemas.contract import event_types

_TABLES = {
    "AirHour": "air.hourly",
    "AirHours": "air.hourly",
    "AirDays": "air.daily",
    "AirEvaluation": "air.evaluation",
    "AirEvaluationItem": "air.evaluation_item",
    "AirRolling": "air.rolling",
    "Case": "enforcement.case",
    "CoinAccount": "air.coin_balance",
    "CoinEntry": "air.coin_entry",
    "OdourEnterprise": "air.odour_enterprise",
    "ReductionMeasure": "air.reduction_measure",
    "SourceExceedance": "air.source_exceedance",
    "WaterEvaluation": "water.evaluation",
    "PublicStation": "air.latest",
}
_EVERYWHERE: Mapping[str, str] = {
    "subsystem": "air, water, soil, risk, enforcement or district.",
    "lowest": "The lowest value that counts.",
    "accountId": "Code of the account.",
    "areaId": "Code of the area.",
    "asOf": "As it was known at this moment; now where it is not given.",
    "day": "The local day.",
    "days": "How many days before it.",
    "enterpriseId": "Code of the enterprise.",
    "input": "What is said.",
    "kind": "Its kind.",
    "limit": "How many at most; the answer's `extensions.cut` says where there are more.",
    "mn": "Code of the device.",
    "observedAt": "Start of the period, UTC.",
    "period": "REALTIME, MINUTE, HOUR or DAY; of an evaluation, MONTH or YEAR.",
    "pollutant": "The pollutant.",
    "scopeId": "Code of the station or area.",
    "sectors": "Sectors of the wind's direction.",
    "since": "From then on.",
    "until": "Until then.",
    "siteId": "Code of the site.",
    "siteIds": "Codes of the sites; all where not given.",
    "span": "MONTH, QUARTER or YEAR.",
    "state": "How it stands.",
    "status": "How it stands.",
    "subjectId": "Code of the section, lake or river.",
    "submissionId": "What was sent.",
    "tables": "Names of tables; all where not given.",
    "warningId": "Code of the warning.",
    "what": "Which of the things that devices say.",
    "limitId": "The row of `limits` that it is held to; null where none is.",
    "meanLimitId": "The row of `limits` that the mean is held to; null where none was in force.",
    "percentileLimitId": "The row of `limits` that the percentile is held to; null where none was in force.",
    "attained": "Whether mean and percentile keep their limits.",
    "percentile": "The value below which so many percent of the days lie.",
    "percentileExceededBy": "(value - limit) / limit; null where it is kept.",
    "percentileLimit": "The limit of the percentile; null where none was in force.",
    "singleIndex": "The greater of mean and percentile, each by its limit.",
    "aqi": "AQI by HJ 633.",
    "editionClause": "Where the edition says how it is computed.",
    "items": "Item by item.",
    "level": "1 excellent to 6 severely polluted.",
    "primaryPollutants": "All pollutants that tie for the AQI, where it is above 50.",
    "highest": "The highest value of each.",
    "hours": "How many hours.",
    "mean": "The mean.",
    "simulated": "Whether anything that it follows from is a simulator's.",
    "co24hMgM3": "Mean of CO over 24 hours, mg/m³.",
    "no224hUgM3": "Mean of NO2 over 24 hours, µg/m³.",
    "o38hUgM3": "Mean of ozone over 8 hours, µg/m³.",
    "pm1024hUgM3": "Mean of PM10 over 24 hours, µg/m³.",
    "pm2524hUgM3": "Mean of PM2.5 over 24 hours, µg/m³.",
    "so224hUgM3": "Mean of SO2 over 24 hours, µg/m³.",
    "calmMean": "Mean of the pollutant in calm hours; null where none.",
    "factor": "Code of the factor, as in standards/factor.csv.",
    "mark": "Mark of the data, as in standards/mark.csv; empty is normal.",
    "unit": "Unit of the value.",
    "value": "What was stated; null where there is no value.",
    "counterAccountId": "The account at the other side.",
    "message": "What came first.",
    "name": "What it is about.",
    "recordedAt": "When the platform took it down, UTC.",
    "text": "What was said.",
    "eventId": "Identity of the observation's event.",
    "logOffset": "Its offset in the partition.",
    "partition": "Its partition of the topic.",
    "readings": "The readings, one for each factor.",
    "source": "Who says so.",
    "topic": "Its topic of the log.",
    "clause": "Where the standard says so.",
    "highIaqi": "The individual AQI at the upper end of the segment.",
    "lowIaqi": "The individual AQI at the lower end of the segment.",
    "iaqi": "The individual AQI.",
    "statistic": "Which statistic of the day or hour is judged.",
    "reviewed": "Whether it is final, reviewed.",
    "belowDetection": "Whether it was stated as below detection.",
    "class": "1 to 5, and 6 for worse than class Ⅴ.",
    "deciding": "Whether it decides the class.",
    "edition": "The edition of the standard that it is judged by.",
    "exceededBy": "Multiple of the limit that it exceeds it by.",
    "limits": "The limits of the classes.",
    "stated": "The value that was stated.",
    "kept": "Whether the value keeps it.",
    "printedLimit": "The limit, as printed.",
    "used": "Whether it was used.",
    "forecasts": "How many forecasts.",
    "leadDays": "Local days from issue to the day it is for.",
    "levelHitShare": "Share of levels hit, 0 to 1.",
    "meanAbsoluteAqiError": "Mean of the absolute errors of the AQI.",
    "position": "Where the log stands.",
    "distanceKnown": "Whether the lengths of all connections on the way are known.",
    "nameEn": "Its name in English.",
    "nameZh": "Its name in Chinese.",
    "manifestsUnderWay": "Manifests of hazardous waste that are issued, loaded or delivered.",
    "openCases": "Cases that are not closed.",
    "openIncidents": "Incidents that are open.",
    "stations": "Air stations.",
    "lat": "Latitude, degrees north, WGS 84.",
    "lon": "Longitude, degrees east, WGS 84.",
    "password": "The password that it sends; kept as a hash.",
    "cipherSecret": "The key that it enciphers by (SM4, HJ 212-2025): 16 characters or 32 hexadecimal digits.",
    "expiresAfterS": "Seconds after which it is not sent any more.",
    "ofAccountId": "The account that the posting belongs to.",
    "meanSpeedMS": "Mean speed of the wind, m/s.",
    "table": "Name of the table.",
    "merchantId": "The merchant's account.",
    "toAccountId": "The account that receives them.",
    "decidingItems": "Items of that class.",
    "rounding": "How values are rounded before they are compared.",
    "statements": "What was stated, and what became of it.",
    "targetClass": "The class that is to be reached; null where there is none.",
    "points": "How many points it is the mean of.",
    "samplings": "How many samplings it is the mean of.",
}


def describe(schema: GraphQLSchema) -> None:
    """Give words to what has none in a schema."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            words = _of_event(tuple(kind.fields))
            for name, given in kind.fields.items():
                given.description = given.description or words.get(name) or _EVERYWHERE.get(name)
        elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            words = _of_columns(_TABLES.get(kind.name))
            for name, field in kind.fields.items():
                field.description = field.description or words.get(name) or _EVERYWHERE.get(name)
                for said, argument in field.args.items():
                    argument.description = argument.description or words.get(said) or _EVERYWHERE.get(said)


def _of_columns(table: str | None) -> Mapping[str, str]:
    return {named(name): column.words for name, column in columns(table).items()} if table else {}


@cache
def _of_event(fields: tuple[str, ...]) -> Mapping[str, str]:
    """Words of the event that has most of these fields; of any event where that one has not."""
    wanted = set(fields)
    likest = sorted(_docs(), key=lambda doc: (-len(wanted & doc.keys()), len(doc.keys() - wanted)))
    found: dict[str, str] = {}
    for doc in reversed(likest):
        found |= {name: doc[name] for name in wanted & doc.keys()}
    return found


@cache
def _docs() -> tuple[Mapping[str, str], ...]:
    """The words of each event's fields, by their names in GraphQL."""
    return tuple(
        {named(name): field["doc"] for name, field in event.fields.items()} for event in event_types().values()
    )
