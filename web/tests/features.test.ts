import { expect, it } from "vitest";

import { parted } from "../src/api";
import { factsOf, isSimulated, stacked } from "../src/features";
import { named } from "../src/i18n";
import { className, numeral } from "../src/water";
import { feature } from "./factories";

it("writes classes of water as the standard does", () => {
  expect([1, 2, 3, 4, 5, 6].map(numeral)).toEqual(["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]);
  expect([className(2), className(6)]).toEqual(["Ⅱ类", "劣Ⅴ类"]);
});

it("tells of a section its class, its target and what decides", () => {
  const section = feature("s", { class: 4, target_class: 2, meets_target: false, deciding_items: ["TP", "NH3-N"] });
  expect(factsOf(section, new Map())).toEqual([
    ["级别", "Ⅳ类 · 目标 Ⅱ类 · 未达标"],
    ["定类项目", "总磷、氨氮"],
  ]);
});

it("tells of a source what exceeded there, and of a dust source how many measures it meets", () => {
  const site = feature("d", { state: "ACTIVE", measures_met: 5, exceedances: 2, last_exceeded_at: "2022-01-03T15:00:00+00:00" });
  expect(factsOf(site, new Map())).toEqual([
    ["状态", "在管"],
    ["六个百分百落实", "5/6"],
    ["超标小时", "2"],
    ["最近超标", "2022-01-03 23:00"],
  ]);
});

it("calls a node simulated where it or its values are", () => {
  expect([{ simulated: true }, { values_simulated: true }, {}].map((each) => isSimulated(feature("f", each)))).toEqual([true, true, false]);
});

it("counts what stands on the same place before each node", () => {
  expect(stacked([feature("a"), feature("b"), feature("c", {}, [116.01, 29.7]), feature("d")])).toEqual([0, 1, 0, 2]);
});

it("falls back to a code that has no name", () => {
  expect([named("level", 5), named("level", 9), named("item_", "Sb")]).toEqual(["重度污染", "9", "Sb"]);
});

it("tells what connects nodes from the nodes", () => {
  const way = { type: "LineString" as const, coordinates: [[116, 29.7], [116.1, 29.8]] as [number, number][] };
  const connection = { id: "c", geometry: way, properties: { kind: "connection", name_zh: "甲→乙", name_en: "A → B" } };
  expect(parted([feature("a"), connection])).toEqual({ nodes: [feature("a")], connections: [connection] });
});
