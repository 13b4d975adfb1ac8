/** The map's plain base: a graticule and the district's extent, in place of tiles. */

import L from "leaflet";

import { EXTENT } from "./district";

const [WEST, SOUTH, EAST, NORTH] = EXTENT;
const REACH = { west: 115.4, south: 29.3, east: 116.6, north: 30.05 };
const STEP_DEG = 0.05;

export const DISTRICT = L.latLngBounds([SOUTH, WEST], [NORTH, EAST]);

/** How places are fitted into the frame: at once, and with some room around them. */
export const FIT: L.FitBoundsOptions = { paddingTopLeft: [14, 14], paddingBottomRight: [14, 34], animate: false };

/** A map that shows the district, without tiles, which can't be dragged far away from it. */
export function baseMap(element: HTMLElement): L.Map {
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.1,
    zoomDelta: 0.5,
    minZoom: 10,
    maxZoom: 16,
    maxBounds: [[REACH.south, REACH.west], [REACH.north, REACH.east]],
    maxBoundsViscosity: 0.8,
  });
  map.createPane("base").style.zIndex = "250";
  map.fitBounds(DISTRICT, FIT);
  graticule().addTo(map);
  L.rectangle(DISTRICT, { pane: "base", interactive: false, className: "district", weight: 1.5 }).addTo(map);
  L.control.scale({ imperial: false, maxWidth: 60, position: "bottomright" }).addTo(map);
  return map;
}

/** The words that stand in the south-western corner of the district's extent. */
export function extentLabel(text: string): L.Marker {
  const label = document.createElement("span");
  label.textContent = text;
  const icon = L.divIcon({ className: "extent-label", html: label, iconSize: [240, 16], iconAnchor: [-6, 19] });
  return L.marker(DISTRICT.getSouthWest(), { icon, interactive: false, keyboard: false, pane: "base" });
}

function graticule(): L.LayerGroup {
  const style = { pane: "base", interactive: false, className: "graticule", weight: 1 };
  const { west, south, east, north } = REACH;
  const meridians = steps(west, east).map((lon) => L.polyline([[south, lon], [north, lon]], style));
  const parallels = steps(south, north).map((lat) => L.polyline([[lat, west], [lat, east]], style));
  return L.layerGroup([...meridians, ...parallels]);
}

function steps(from: number, until: number): number[] {
  return Array.from({ length: Math.round((until - from) / STEP_DEG) + 1 }, (_, index) => from + index * STEP_DEG);
}
