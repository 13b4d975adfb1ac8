/** The hours of a chart's window: one slot an hour, so that what is missing stays a gap. */

import type { Pollutant } from "./air";
import type { AirHours } from "./api";
import { HOUR_MS } from "./time";

export const WINDOW_HOURS = 48;

export interface Slot {
  /** Start of the hour, milliseconds. */
  start: number;
  aqi: number | null;
  level: number | null;
  simulated: boolean;
  concentrations: Record<Pollutant, number | null>;
}

/** The 48 slots that end at `until`, oldest first; an hour that was not reported has nulls. */
export function slotsOf(hours: AirHours, until: number): Slot[] {
  const at = new Map(hours.observedAt.map((start, index) => [Date.parse(start), index]));
  return Array.from({ length: WINDOW_HOURS }, (_, index) => {
    const start = until - (WINDOW_HOURS - index) * HOUR_MS;
    return slotAt(hours, start, at.get(start) ?? -1);
  });
}

/** How many slots have a value. */
export function pointsOf(values: readonly (number | null)[]): number {
  return values.filter((value) => value !== null).length;
}

function slotAt(hours: AirHours, start: number, index: number): Slot {
  return {
    start,
    aqi: hours.aqi[index] ?? null,
    level: hours.level[index] ?? null,
    simulated: hours.simulated[index] ?? false,
    concentrations: {
      "PM2.5": hours.pm25UgM3[index] ?? null,
      PM10: hours.pm10UgM3[index] ?? null,
      O3: hours.o3UgM3[index] ?? null,
      NO2: hours.no2UgM3[index] ?? null,
      SO2: hours.so2UgM3[index] ?? null,
      CO: hours.coMgM3[index] ?? null,
    },
  };
}
