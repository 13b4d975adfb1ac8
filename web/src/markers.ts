/** Markers and tooltips of the map, as DOM elements: names are set as text, never as markup. */

import L from "leaflet";

import { coloursOf } from "./air";
import type { Connection, Feature } from "./api";
import { type Fact, factsOf, isApproximate, isSimulated, nameOf, numberAt } from "./features";
import { chosen, named, t } from "./i18n";
import { type Ranked, aqiText, levelText, primaryText, startOf } from "./stations";
import { hourLabel } from "./time";
import { numeral } from "./water";

type Shape = "circle" | "square" | "diamond" | "triangle" | "drop";

const GLYPHS: Record<string, { shape: Shape; colour: string; size: number }> = {
  vehicle_device: { shape: "square", colour: "#4A5A66", size: 14 },
  lake: { shape: "circle", colour: "#2F7ED8", size: 24 },
  river: { shape: "circle", colour: "#1F5FA8", size: 14 },
  section: { shape: "diamond", colour: "#1F5FA8", size: 26 },
  outfall: { shape: "drop", colour: "#6B4E16", size: 15 },
  parcel: { shape: "square", colour: "#8A5A2B", size: 14 },
  well: { shape: "circle", colour: "#4B7A3E", size: 14 },
  waste: { shape: "square", colour: "#A1561A", size: 14 },
  enterprise: { shape: "square", colour: "#5B4B9A", size: 14 },
  risk_source: { shape: "diamond", colour: "#C2410C", size: 17 },
  receptor: { shape: "circle", colour: "#0F766E", size: 14 },
  source_monitor: { shape: "diamond", colour: "#3F6212", size: 12 },
  dust_source: { shape: "square", colour: "#92400E", size: 14 },
  catering: { shape: "circle", colour: "#9D174D", size: 12 },
  incident: { shape: "triangle", colour: "#B91C1C", size: 18 },
};

const UNKNOWN = { shape: "circle", colour: "#5B6770", size: 12 } as const;

const OUTLINES: Record<Shape, string> = {
  circle: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z",
  square: "M3 3h18v18H3z",
  diamond: "M12 1L23 12L12 23L1 12z",
  triangle: "M12 2L23 21H1z",
  drop: "M1 3H23L12 22z",
};

const STACK_PX = 11;
const NAMED = new Set(["lake", "river", "section"]);

/** A station's marker: its AQI on the colour of its level; hatched and dashed where it is simulated. */
export function stationIcon({ station, older }: Ranked): L.DivIcon {
  const { colour, ink } = coloursOf(station.hour?.level ?? null);
  const pin = element("div", "pin", aqiText(station));
  pin.classList.toggle("hatched", station.simulated);
  pin.classList.toggle("faded", older);
  pin.style.setProperty("--colour", colour);
  pin.style.setProperty("--ink", ink);
  return L.divIcon({ className: "pin-frame", html: pin, iconSize: [38, 22] });
}

/** A node's marker: the shape of its kind, hollow and dashed where simulated; `before` others stand there too. */
export function featureIcon(feature: Feature, before: number): L.DivIcon {
  const { kind } = feature.properties;
  const { shape, colour, size } = GLYPHS["issued" in feature.properties ? "waste" : kind] ?? UNKNOWN;
  const grade = numberAt(feature, "class");
  const node = element("div", "node");
  node.append(drawing(shape, colour, size, isSimulated(feature), grade === null ? "" : numeral(grade)));
  if (NAMED.has(kind)) node.append(element("span", "node-name", nameOf(feature)));
  return L.divIcon({
    className: "node-frame",
    html: node,
    iconSize: [size, size],
    iconAnchor: [size / 2 - before * STACK_PX, size / 2],
  });
}

export function stationTip({ station, older }: Ranked): HTMLElement {
  const facts: Fact[] = station.hour
    ? [
        ["AQI", station.hour.level === null ? t("itemsMissing") : `${aqiText(station)} · ${levelText(station)}`],
        [t("primary"), primaryText(station)],
        [t("hour"), hourLabel(startOf(station.hour))],
        [t("edition"), station.hour.edition ?? "–"],
      ]
    : [["AQI", t("nothingYet")]];
  const notes = [older ? t("older") : "", station.approximate ? t("approximate") : ""];
  return tip(chosen(station.nameZh, station.nameEn), station.siteId, facts, notes, station.simulated);
}

export function featureTip(feature: Feature, names: ReadonlyMap<string, string>): HTMLElement {
  const notes = [isApproximate(feature) ? t("approximate") : ""];
  const kind = named("kind_", feature.properties.kind);
  return tip(nameOf(feature), kind, factsOf(feature, names), notes, isSimulated(feature));
}

export function connectionTip(connection: Connection): HTMLElement {
  return tip(nameOf(connection), named("kind_", connection.properties.kind), [], [], isSimulated(connection));
}

function tip(
  name: string,
  under: string,
  facts: readonly Fact[],
  notes: readonly string[],
  simulated: boolean,
): HTMLElement {
  const box = element("div", "tip");
  const head = element("div", "tip-head");
  head.append(element("strong", "", name), element("span", "tip-under", under));
  if (simulated) head.append(element("span", "badge-simulated", t("simulatedBadge")));
  box.append(head);
  for (const [label, value] of facts) {
    const line = element("div", "tip-fact");
    line.append(element("span", "", label), element("b", "", value));
    box.append(line);
  }
  for (const note of notes.filter(Boolean)) box.append(element("div", "tip-note", note));
  return box;
}

function drawing(shape: Shape, colour: string, size: number, simulated: boolean, text: string): SVGElement {
  const svg = svgElement("svg", { viewBox: "-1 -1 26 26", width: size, height: size, "aria-hidden": "true" });
  const [fill, stroke, dash] = simulated ? ["#FFFFFF", colour, "4 2.5"] : [colour, "#FFFFFF", "none"];
  svg.append(svgElement("path", { d: OUTLINES[shape], fill, stroke, "stroke-width": 2, "stroke-dasharray": dash }));
  const label = svgElement("text", { x: 12, y: 16.5, "text-anchor": "middle", fill: simulated ? "#123" : "#FFF" });
  label.textContent = text;
  svg.append(label);
  return svg;
}

function svgElement(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
