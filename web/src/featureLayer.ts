/** The map's layer of everything but air stations: a symbol for each node, and names where there is room. */

import L from "leaflet";

import type { Connection, Feature } from "./api";
import { isSimulated, nameOf, stacked } from "./features";
import { type Box, sidesOf } from "./labels";
import { connectionTip, featureIcon, featureTip } from "./markers";

export interface FeatureLayer {
  /** Draw these; `names` gives the names of nodes that they refer to. */
  draw(features: readonly Feature[], names: ReadonlyMap<string, string>, connections: readonly Connection[]): void;
  /** Put the names where they cover nothing, at the zoom that the map has. */
  arrange(): void;
}

export function featureLayer(map: L.Map): FeatureLayer {
  const group = L.layerGroup().addTo(map);

  function draw(
    features: readonly Feature[],
    names: ReadonlyMap<string, string>,
    connections: readonly Connection[],
  ): void {
    group.clearLayers();
    connections.forEach(drawConnection);
    const before = stacked(features);
    features.forEach((feature, index) => {
      if (!feature.geometry) return;
      const [lon, lat] = feature.geometry.coordinates;
      const marker = L.marker([lat, lon], { icon: featureIcon(feature, before[index] ?? 0), zIndexOffset: -1000 });
      marker.bindTooltip(featureTip(feature, names), { direction: "top", offset: [0, -8], opacity: 1 });
      marker.on("add", () => marker.getElement()?.setAttribute("aria-label", nameOf(feature)));
      group.addLayer(marker);
    });
    arrange();
  }

  /** A line below the nodes, dashed where it is a simulator's. */
  function drawConnection(connection: Connection): void {
    if (!connection.geometry) return;
    const places = connection.geometry.coordinates.map(([lon, lat]): [number, number] => [lat, lon]);
    const dashes = isSimulated(connection) ? { dashArray: "4 4" } : {};
    const line = L.polyline(places, { className: "connection", weight: 2, ...dashes });
    line.bindTooltip(connectionTip(connection), { sticky: true, opacity: 1 });
    group.addLayer(line);
  }

  function arrange(): void {
    const pane = map.getPane("markerPane");
    if (!pane) return;
    const labels = [...pane.querySelectorAll<HTMLElement>(".node-name")];
    const symbols = labels.map((label) => label.previousElementSibling);
    const others = [...pane.querySelectorAll(".pin, .node svg")].filter((each) => !symbols.includes(each));
    const named = labels.map((label, index) => ({
      symbol: boxOf(symbols[index] ?? label),
      width: label.offsetWidth,
      height: label.offsetHeight,
    }));
    sidesOf(named, others.map(boxOf)).forEach((side, index) => {
      labels[index]!.dataset.side = side ?? "none";
    });
  }

  map.on("zoomend", () => requestAnimationFrame(arrange));
  return { draw, arrange };
}

function boxOf(element: Element): Box {
  return element.getBoundingClientRect();
}
