/** Plain makers of what the tests are about. */

import type { AirHour, AirHours, Feature, Site } from "../src/api";

export function site(siteId: string, said: Partial<Site> = {}): Site {
  return { siteId, nameZh: siteId, nameEn: siteId, lon: 116, lat: 29.7, positionQuality: "PUBLISHED", source: "cnemc", ...said };
}

export function hour(siteId: string, aqi: number | null, observedAt: string, simulated = false): AirHour {
  const primaryPollutants = aqi === null ? [] : ["PM2.5"];
  const endsAt = new Date(Date.parse(observedAt) + 3_600_000).toISOString();
  return { siteId, observedAt, endsAt, aqi, level: aqi === null ? null : 2, primaryPollutants, edition: "HJ 633-2012", simulated };
}

export function hours(observedAt: string[], aqi: (number | null)[]): AirHours {
  const none = observedAt.map(() => null);
  const others = { so2UgM3: none, no2UgM3: none, coMgM3: none, o3UgM3: none, pm10UgM3: none, pm25UgM3: aqi };
  return { siteId: "1803A", observedAt, aqi, level: aqi.map(() => 2), simulated: aqi.map(() => false), ...others };
}

export function feature(id: string, properties: Record<string, unknown> = {}, at: [number, number] = [116, 29.7]): Feature {
  const named = { kind: "lake", name_zh: "湖", name_en: "Lake", ...properties };
  return { id, geometry: { type: "Point", coordinates: at }, properties: named };
}
