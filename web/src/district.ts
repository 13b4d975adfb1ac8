/** Where the district lies. */

/** Its extent as its plan gives it, degrees: west, south, east, north. */
export const EXTENT = [115.92167, 29.69556, 116.08444, 29.76306] as const;

/** Whether a place lies in the extent; false where its position isn't known. */
export function isInExtent(lon: number | null, lat: number | null): boolean {
  const [west, south, east, north] = EXTENT;
  return lon !== null && lat !== null && west <= lon && lon <= east && south <= lat && lat <= north;
}
