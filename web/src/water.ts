/** Classes of surface water (GB 3838) as they are written and coloured. */

import { printed } from "./air";
import { listed, named, t } from "./i18n";

const NUMERALS = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"];
const COLOURS = ["#2F7ED8", "#2F7ED8", "#00A65A", "#FFD21F", "#FF8A1F", "#E02B2B"];
const INKS = ["#FFFFFF", "#FFFFFF", "#000000", "#000000", "#000000", "#FFFFFF"];

/** The numeral of a class, `Ⅳ`, and `劣Ⅴ` for 6. */
export function numeral(grade: number): string {
  return NUMERALS[grade - 1] ?? String(grade);
}

/** `Ⅳ类` or `Class Ⅳ`. */
export function className(grade: number): string {
  return grade === 6 ? t("worseThanV") : t("classOf", { class: numeral(grade) });
}

/** The colours of a class in assessments of surface water. */
export function classColours(grade: number): { colour: string; ink: string } {
  return { colour: COLOURS[grade - 1] ?? "#9AA5AE", ink: INKS[grade - 1] ?? "#000000" };
}

/** Names of water items, from their codes. */
export function itemNames(items: readonly string[]): string {
  return listed(items.map(itemName));
}

function itemName(item: string): string {
  const name = named("item_", item);
  return name === item ? printed(item) : name;
}
