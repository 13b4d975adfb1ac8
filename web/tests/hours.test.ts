import { expect, it } from "vitest";

import { aqiOption, hourTip } from "../src/chart";
import { pointsOf, slotsOf, WINDOW_HOURS } from "../src/hours";
import { hours } from "./factories";

const UNTIL = Date.parse("2022-01-04T15:00:00Z");
const reported = hours(
  ["2022-01-04T11:00:00+00:00", "2022-01-04T12:00:00+00:00", "2022-01-04T14:00:00+00:00"],
  [80, null, 90],
);

it("has a slot for each of the 48 hours", () => {
  const slots = slotsOf(reported, UNTIL);
  expect(slots).toHaveLength(WINDOW_HOURS);
  expect(slots.at(-1)?.start).toBe(Date.parse("2022-01-04T14:00:00Z"));
});

it("leaves hours that were not reported, and values that are missing, as gaps", () => {
  const aqi = slotsOf(reported, UNTIL).map((slot) => slot.aqi);
  expect(aqi.slice(-5)).toEqual([null, 80, null, null, 90]);
  expect(pointsOf(aqi)).toBe(2);
});

it("leaves out hours before the window", () => {
  const slots = slotsOf(hours(["2022-01-01T00:00:00Z"], [70]), UNTIL);
  expect(pointsOf(slots.map((slot) => slot.aqi))).toBe(0);
});

it("does not connect a line over a gap", () => {
  const [series] = [aqiOption(slotsOf(reported, UNTIL), false).series].flat();
  expect(series).toMatchObject({ connectNulls: false });
  expect(Array.isArray(series?.data) && series.data.slice(-3, -1)).toEqual([null, null]);
});

it("says of a simulated hour that it is simulated", () => {
  const [slot] = slotsOf({ ...reported, simulated: [true, true, true] }, UNTIL).slice(-1);
  expect(hourTip(slot!, "aqi")).toContain("模拟 / simulated");
});
