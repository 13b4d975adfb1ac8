import { describe, expect, it } from "vitest";

import { isInExtent } from "../src/district";
import { newestHour, ranked, stationsOf } from "../src/stations";
import { hour, site } from "./factories";

const NEW = "2022-01-04T14:00:00Z";
const OLD = "2022-01-03T11:00:00Z";

function table(...said: [id: string, aqi: number | null, at: string, simulated?: boolean][]) {
  const stations = stationsOf({
    sites: said.map(([id]) => site(id)),
    hours: said.map(([id, aqi, at, simulated]) => hour(id, aqi, at, simulated)),
    position: "",
  });
  return ranked(stations).map((row) => [row.station.siteId, row.rank]);
}

describe("the ranking", () => {
  it("goes from the highest AQI to the lowest, and equal ones share a place", () => {
    expect(table(["a", 60, NEW], ["b", 90, NEW], ["c", 90, NEW])).toEqual([["b", 1], ["c", 1], ["a", 3]]);
  });

  it("gives no place to older hours, to simulated stations, and where there is no AQI", () => {
    const rows = table(["sim", 400, NEW, true], ["old", 300, OLD], ["none", null, NEW], ["a", 60, NEW]);
    expect(rows).toEqual([["a", 1], ["old", null], ["none", null], ["sim", null]]);
  });

  it("still compares a station that is one hour behind", () => {
    expect(table(["a", 60, NEW], ["b", 90, "2022-01-04T13:00:00Z"])).toEqual([["b", 1], ["a", 2]]);
  });
});

describe("stations", () => {
  it("are simulated where a simulator registered them or says their values", () => {
    const stations = stationsOf({ sites: [site("a", { source: "simulator" }), site("b"), site("c")], hours: [hour("b", 50, NEW, true)], position: "" });
    expect(stations.map((each) => each.simulated)).toEqual([true, true, false]);
  });

  it("are shown even where no register knows them", () => {
    expect(stationsOf({ sites: [], hours: [hour("x", 50, NEW)], position: "" }).map((each) => each.siteId)).toEqual(["x"]);
  });

  it("tell the newest measured hour apart from the newest simulated one", () => {
    const stations = stationsOf({ sites: [site("a"), site("b")], hours: [hour("a", 50, OLD), hour("b", 50, NEW, true)], position: "" });
    expect(newestHour(stations, false)).toBe(Date.parse(OLD));
    expect(newestHour(stations, true)).toBe(Date.parse(NEW));
  });
});

it("knows which places lie in the district's extent", () => {
  expect([isInExtent(116, 29.72), isInExtent(115.9773, 29.5698), isInExtent(null, null)]).toEqual([true, false, false]);
});
