import { expect, it } from "vitest";

import { type Box, sidesOf } from "../src/labels";

const symbolAt = (left: number, top: number): Box => ({ left, top, right: left + 10, bottom: top + 10 });
const label = (symbol: Box) => ({ symbol, width: 40, height: 12 });

it("puts a name to the right of its symbol where there is room", () => {
  expect(sidesOf([label(symbolAt(100, 100))], [])).toEqual(["right"]);
});

it("puts a name on another side where a marker stands in the way", () => {
  expect(sidesOf([label(symbolAt(100, 100))], [symbolAt(120, 100)])).toEqual(["left"]);
});

it("hides a name where all sides are taken", () => {
  const around = [symbolAt(115, 100), symbolAt(80, 100), symbolAt(100, 112), symbolAt(100, 88)];
  expect(sidesOf([label(symbolAt(100, 100))], around)).toEqual([null]);
});

it("keeps names from covering each other", () => {
  expect(sidesOf([label(symbolAt(100, 100)), label(symbolAt(150, 100))], [])).toEqual(["left", "right"]);
});
