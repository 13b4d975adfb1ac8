import { expect, it } from "vitest";

import { hourLabel, hourSpan, localDay, localMinute } from "../src/time";

const at = (text: string) => Date.parse(text);

it("labels an hour by its local start and end", () => {
  expect(hourLabel(at("2022-01-04T14:00:00Z"))).toBe("2022-01-04 22:00–23:00");
});

it("ends the last hour of a local day at 24:00 of that day", () => {
  expect(hourLabel(at("2022-01-04T15:00:00Z"))).toBe("2022-01-04 23:00–24:00");
});

it("starts the next local day at 16:00 UTC", () => {
  expect(hourLabel(at("2022-01-04T16:00:00Z"))).toBe("2022-01-05 00:00–01:00");
  expect(localDay(at("2021-12-31T16:00:00Z"))).toBe("2022-01-01");
});

it("reads times with an offset as well", () => {
  expect(hourSpan(at("2022-01-04T14:00:00+00:00"))).toBe("22:00–23:00");
  expect(localMinute(at("2022-01-04T15:30:00+00:00"))).toBe("2022-01-04 23:30");
});
