"""Commands of the air subsystem. Observations, which are statements and no commands, are in `ingest`."""

from services.plain import plain

RegisterStation = plain("RegisterStation", "air.station_registered", "factors")
