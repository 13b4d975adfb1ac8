import { describe, expect, it } from "vitest";

import { coloursOf, levelOf, LEVELS, NO_LEVEL, printed, unitOf } from "../src/air";

describe("levels of AQI", () => {
  it.each([
    [0, 1],
    [50, 1],
    [51, 2],
    [100, 2],
    [101, 3],
    [150, 3],
    [151, 4],
    [200, 4],
    [201, 5],
    [300, 5],
    [301, 6],
    [500, 6],
    [501, 6],
  ])("an AQI of %i is of level %i", (aqi, level) => {
    expect(levelOf(aqi)?.level).toBe(level);
  });

  it("has none where there is no AQI", () => {
    expect(levelOf(null)).toBeNull();
  });

  it("has the standard's colours, and grey where there is no level", () => {
    expect(LEVELS.map((each) => each.colour)).toEqual(["#00E400", "#FFFF00", "#FF7E00", "#FF0000", "#99004C", "#7E0023"]);
    expect(coloursOf(5)).toMatchObject({ colour: "#99004C", ink: "#FFFFFF" });
    expect(coloursOf(2).ink).toBe("#000000");
    expect(coloursOf(null)).toBe(NO_LEVEL);
  });

  it("leaves no gap between one level and the next", () => {
    expect(LEVELS.slice(1).map((each) => each.from)).toEqual(LEVELS.slice(0, -1).map((each) => each.to + 1));
  });
});

describe("how pollutants are written", () => {
  it.each([
    ["PM2.5", "PM₂.₅"],
    ["PM10", "PM₁₀"],
    ["O3", "O₃"],
    ["NO2", "NO₂"],
    ["CO", "CO"],
    ["NH3-N", "NH₃-N"],
  ])("%s is printed as %s", (code, text) => {
    expect(printed(code)).toBe(text);
  });

  it("gives carbon monoxide in milligrams", () => {
    expect([unitOf("CO"), unitOf("O3")]).toEqual(["mg/m³", "µg/m³"]);
  });
});
