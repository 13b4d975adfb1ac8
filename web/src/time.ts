/** Local time of the district (UTC+8, no daylight saving): independent of the browser's own zone. */

export const HOUR_MS = 3_600_000;

const OFFSET_MS = 8 * HOUR_MS;

/** Local date, `2022-01-04`. */
export function localDay(at: number): string {
  return local(at).slice(0, 10);
}

/** Local date and minute, `2022-01-04 23:00`. */
export function localMinute(at: number): string {
  return local(at).slice(0, 16).replace("T", " ");
}

/** The whole hour that starts at `start`, `22:00–23:00`; the last of a day ends at 24:00. */
export function hourSpan(start: number): string {
  const hour = Number(local(start).slice(11, 13));
  return `${two(hour)}:00–${two(hour + 1)}:00`;
}

/** Local date and whole hour, `2022-01-04 22:00–23:00`. */
export function hourLabel(start: number): string {
  return `${localDay(start)} ${hourSpan(start)}`;
}

function local(at: number): string {
  return new Date(at + OFFSET_MS).toISOString();
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
