/** Air stations with their latest hours: which of them compare, and in what order. */

import { printed } from "./air";
import type { AirHour, AirNow, Site } from "./api";
import { listed, named, t } from "./i18n";
import { HOUR_MS } from "./time";

export interface Station {
  siteId: string;
  nameZh: string;
  nameEn: string;
  lon: number | null;
  lat: number | null;
  approximate: boolean;
  /** The station, or any reading of its latest hour, comes from a simulator. */
  simulated: boolean;
  hour: AirHour | null;
}

export interface Ranked {
  station: Station;
  /** Place among the measuring stations of about the newest measured hour; null for all others. */
  rank: number | null;
  /** Measured, but more than an hour before the newest measured hour: too old to compare. */
  older: boolean;
}

/** The registered stations with their latest hours, and any that report without being registered. */
export function stationsOf(now: AirNow): Station[] {
  const hours = new Map(now.hours.map((hour) => [hour.siteId, hour]));
  const registered = new Set(now.sites.map((site) => site.siteId));
  const others = now.hours.filter((hour) => !registered.has(hour.siteId)).map((hour) => unregistered(hour.siteId));
  return [...now.sites, ...others].map((site) => stationOf(site, hours.get(site.siteId) ?? null));
}

/** Start of the newest hour, in milliseconds, of the measuring or of the simulated stations; null where none. */
export function newestHour(stations: readonly Station[], simulated: boolean): number | null {
  const starts = stations.flatMap((each) => (each.hour && each.simulated === simulated ? [startOf(each.hour)] : []));
  return starts.length ? Math.max(...starts) : null;
}

/**
 * Ranked stations by falling AQI, equal AQI sharing a place; then older hours, simulated stations, and those
 * that say nothing.
 */
export function ranked(stations: readonly Station[]): Ranked[] {
  const newest = newestHour(stations, false);
  const rows = stations.map((station) => ({ station, rank: null, older: isOlder(station, newest) }));
  rows.sort((a, b) => group(a) - group(b) || aqiOf(b) - aqiOf(a) || a.station.siteId.localeCompare(b.station.siteId));
  const compared = rows.filter((row) => group(row) === 0);
  return rows.map((row) => ({
    ...row,
    rank: group(row) === 0 ? 1 + compared.filter((each) => aqiOf(each) > aqiOf(row)).length : null,
  }));
}

export function startOf(hour: AirHour): number {
  return Date.parse(hour.observedAt);
}

/** The AQI of the latest hour, or a dash. */
export function aqiText(station: Station): string {
  return String(station.hour?.aqi ?? "–");
}

/** The name of the latest hour's level, empty where it has none. */
export function levelText(station: Station): string {
  const level = station.hour?.level ?? null;
  return level === null ? "" : named("level", level);
}

/** The primary pollutants as printed; a dash where there is no AQI to have one. */
export function primaryText(station: Station): string {
  const { hour } = station;
  if (!hour || hour.aqi === null) return "–";
  return hour.primaryPollutants.length ? listed(hour.primaryPollutants.map(printed)) : t("primaryNone");
}

function stationOf(site: Site, hour: AirHour | null): Station {
  const { siteId, nameZh, nameEn, lon, lat } = site;
  const simulated = site.source === "simulator" || hour?.simulated === true;
  return { siteId, nameZh, nameEn, lon, lat, approximate: site.positionQuality === "APPROXIMATE", simulated, hour };
}

function unregistered(siteId: string): Site {
  return { siteId, nameZh: siteId, nameEn: siteId, lon: null, lat: null, positionQuality: "", source: "" };
}

function isOlder(station: Station, newest: number | null): boolean {
  return !station.simulated && station.hour !== null && newest !== null && newest - startOf(station.hour) > HOUR_MS;
}

function group(row: Ranked): number {
  if (row.station.hour === null) return 4;
  if (row.station.simulated) return 3;
  if (row.older) return 1;
  return row.station.hour.aqi === null ? 2 : 0;
}

function aqiOf(row: Ranked): number {
  return row.station.hour?.aqi ?? -1;
}
