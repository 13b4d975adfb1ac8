/** What the standards of air quality say: levels of AQI (HJ 633), their colours, and how pollutants are written. */

export interface Level {
  level: number;
  from: number;
  to: number;
  colour: string;
  /** Colour of text that stands on `colour`. */
  ink: string;
}

export const LEVELS: readonly Level[] = [
  { level: 1, from: 0, to: 50, colour: "#00E400", ink: "#000000" },
  { level: 2, from: 51, to: 100, colour: "#FFFF00", ink: "#000000" },
  { level: 3, from: 101, to: 150, colour: "#FF7E00", ink: "#000000" },
  { level: 4, from: 151, to: 200, colour: "#FF0000", ink: "#FFFFFF" },
  { level: 5, from: 201, to: 300, colour: "#99004C", ink: "#FFFFFF" },
  { level: 6, from: 301, to: 500, colour: "#7E0023", ink: "#FFFFFF" },
];

export const NO_LEVEL = { colour: "#9AA5AE", ink: "#000000" };

export const POLLUTANTS = ["PM2.5", "PM10", "O3", "NO2", "SO2", "CO"] as const;

export type Pollutant = (typeof POLLUTANTS)[number];

/** The level that an AQI lies in; what exceeds the scale is of the gravest. Null where there is no AQI. */
export function levelOf(aqi: number | null): Level | null {
  if (aqi === null || aqi < 0) return null;
  return LEVELS.find((each) => aqi <= each.to) ?? LEVELS[LEVELS.length - 1]!;
}

/** Colours of a level as the platform states it, grey where it states none. */
export function coloursOf(level: number | null): { colour: string; ink: string } {
  return LEVELS.find((each) => each.level === level) ?? NO_LEVEL;
}

/** A factor's code as it is printed: `PM2.5` as PM₂.₅, `NH3-N` as NH₃-N. */
export function printed(factor: string): string {
  return factor.replace(/(?<=[A-Za-z])\d+(\.\d+)?/g, (digits) => digits.replace(/\d/g, subscript));
}

/** µg/m³, and mg/m³ for carbon monoxide. */
export function unitOf(pollutant: Pollutant): string {
  return pollutant === "CO" ? "mg/m³" : "µg/m³";
}

function subscript(digit: string): string {
  return String.fromCodePoint(0x2080 + Number(digit));
}
