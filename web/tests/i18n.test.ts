import { afterEach, expect, it } from "vitest";

import { chosen, language, listed, switchLanguage, t } from "../src/i18n";

afterEach(() => (language.value = "zh"));

it("speaks Chinese first and English after a switch", () => {
  const before = t("level6");
  switchLanguage();
  expect([before, t("level6")]).toEqual(["严重污染", "Severely polluted"]);
});

it("puts values into texts", () => {
  expect(t("partSimulated", { n: 3 })).toBe("含模拟 3");
});

it("takes the other name where one is empty", () => {
  expect([chosen("十里", "Shili"), chosen("", "Shili")]).toEqual(["十里", "Shili"]);
});

it("lists as the language does", () => {
  const chinese = listed(["a", "b"]);
  language.value = "en";
  expect([chinese, listed(["a", "b"])]).toEqual(["a、b", "a, b"]);
});
