import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { gathered } from "../src/live";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("hands a burst on at once, with each table named one time", () => {
  const handed: string[][] = [];
  const tell = gathered(400, (all) => handed.push([...all].sort()));
  tell(["air.hourly"]);
  tell(["air.hourly", "base.site"]);
  vi.advanceTimersByTime(400);
  tell(["risk.incident"]);
  vi.advanceTimersByTime(400);
  expect(handed).toEqual([["air.hourly", "base.site"], ["risk.incident"]]);
});
