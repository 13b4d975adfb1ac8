/** Nodes of the network maps: what each says of itself, in the page's language. */

import type { Connection, Feature } from "./api";
import { chosen, named, t } from "./i18n";
import { localMinute } from "./time";
import { className, itemNames } from "./water";

export type Fact = readonly [label: string, value: string];

export function nameOf(feature: Feature | Connection): string {
  return chosen(feature.properties.name_zh, feature.properties.name_en);
}

/** The node, or what was measured at it, comes from a simulator. */
export function isSimulated(feature: Feature | Connection): boolean {
  return feature.properties.simulated === true || feature.properties.values_simulated === true;
}

export function isApproximate(feature: Feature): boolean {
  return feature.properties.position_quality === "APPROXIMATE";
}

export function numberAt(feature: Feature, key: string): number | null {
  const found = feature.properties[key];
  return typeof found === "number" ? found : null;
}

export function textAt(feature: Feature, key: string): string | null {
  const found = feature.properties[key];
  return typeof found === "string" && found !== "" ? found : null;
}

export function textsAt(feature: Feature, key: string): string[] {
  const found = feature.properties[key];
  return Array.isArray(found) ? found.map(String) : [];
}

/** What a node says; `names` gives the names of other nodes by their ids. */
export function factsOf(feature: Feature, names: ReadonlyMap<string, string>): Fact[] {
  return [
    ...waterFacts(feature, names),
    ...sourceFacts(feature),
    ...incidentFacts(feature),
    ...enterpriseFacts(feature),
  ];
}

/** `目标 Ⅱ类 · 达标`, null where no class is to be reached. */
export function targetOf(feature: Feature): string | null {
  const target = numberAt(feature, "target_class");
  if (target === null) return null;
  const meets = feature.properties.meets_target;
  const judged = typeof meets === "boolean" ? ` · ${t(meets ? "meets" : "fails")}` : "";
  return `${t("target")} ${className(target)}${judged}`;
}

/** For each position how many earlier features stand on it, so that none hides another. */
export function stacked(features: readonly Feature[]): number[] {
  const standing = new Map<string, number>();
  return features.map((feature) => {
    const where = String(feature.geometry?.coordinates);
    const before = standing.get(where) ?? 0;
    standing.set(where, before + 1);
    return before;
  });
}

function waterFacts(feature: Feature, names: ReadonlyMap<string, string>): Fact[] {
  const grade = numberAt(feature, "class");
  const observed = textAt(feature, "observed_at");
  const body = textAt(feature, "water_body_id");
  const target = targetOf(feature);
  return present([
    [t("level"), grade === null ? null : [className(grade), target].filter(Boolean).join(" · ")],
    [t("deciding"), itemNames(textsAt(feature, "deciding_items"))],
    [t("sampledAt"), grade === null || observed === null ? null : localMinute(Date.parse(observed))],
    [t("waterBody"), body === null ? null : (names.get(body) ?? body)],
  ]);
}

/** Of sources of air pollution and their monitors: nodes that count what exceeded a limit. */
function sourceFacts(feature: Feature): Fact[] {
  if (numberAt(feature, "exceedances") === null) return [];
  const state = textAt(feature, "state");
  const last = textAt(feature, "last_exceeded_at");
  const met = numberAt(feature, "measures_met");
  return present([
    [t("state"), state === null ? null : named("", state)],
    [t("measuresMet"), met === null ? null : t("ofSix", { n: met })],
    [t("lapses"), shown(numberAt(feature, "lapses"))],
    [t("exceedances"), shown(numberAt(feature, "exceedances"))],
    [t("lastExceeded"), last === null ? null : localMinute(Date.parse(last))],
  ]);
}

function incidentFacts(feature: Feature): Fact[] {
  const level = numberAt(feature, "level");
  const status = textAt(feature, "status");
  if (feature.properties.kind !== "incident") return [];
  return present([
    [t("incidentLevel"), level === null ? null : named("incident", level)],
    [t("state"), status === null ? null : named("", status)],
  ]);
}

function enterpriseFacts(feature: Feature): Fact[] {
  const cases = numberAt(feature, "cases");
  return present([
    [t("issued"), shown(numberAt(feature, "issued"))],
    [t("receiving"), shown(numberAt(feature, "receiving"))],
    [t("simulatedIssued"), shown(numberAt(feature, "simulated_issued") || null)],
    [t("simulatedReceiving"), shown(numberAt(feature, "simulated_receiving") || null)],
    [t("permit"), textAt(feature, "permit_no")],
    [t("inspections"), shown(numberAt(feature, "inspections"))],
    [t("cases"), cases === null ? null : `${cases} (${numberAt(feature, "open_cases") ?? 0})`],
  ]);
}

function shown(number: number | null): string | null {
  return number === null ? null : String(number);
}

function present(facts: readonly (readonly [string, string | null])[]): Fact[] {
  return facts.flatMap(([label, value]) => (value ? [[label, value] as const] : []));
}
