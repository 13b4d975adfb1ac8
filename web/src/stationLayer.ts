/** The map's layer of air stations: markers that pick a station by pointer or key. */

import L from "leaflet";

import { chosen, t } from "./i18n";
import { stationIcon, stationTip } from "./markers";
import { aqiText, type Ranked } from "./stations";

const TEST_ID = "station-marker-";

export interface StationLayer {
  draw(rows: readonly Ranked[]): void;
  select(siteId: string | null): void;
  /** The markers that stand on the map, by their stations. */
  markers: ReadonlyMap<string, L.Marker>;
}

/** Add the layer to a map; `pick` is told of the station whose marker is pressed. */
export function stationLayer(map: L.Map, pick: (siteId: string) => void): StationLayer {
  const group = L.layerGroup().addTo(map);
  const markers = new Map<string, L.Marker>();

  function draw(rows: readonly Ranked[]): void {
    const focused = document.activeElement?.getAttribute("data-testid");
    group.clearLayers();
    markers.clear();
    for (const row of rows) {
      const marker = markerOf(row, pick);
      if (marker) markers.set(row.station.siteId, marker.addTo(group));
    }
    const again = focused?.startsWith(TEST_ID) ? markers.get(focused.slice(TEST_ID.length)) : undefined;
    again?.getElement()?.focus();
  }

  function select(siteId: string | null): void {
    for (const [each, marker] of markers) {
      marker.getElement()?.classList.toggle("selected", each === siteId);
      marker.setZIndexOffset(each === siteId ? 1000 : 0);
    }
  }

  return { draw, select, markers };
}

function markerOf(row: Ranked, pick: (siteId: string) => void): L.Marker | null {
  const { siteId, lon, lat } = row.station;
  if (lon === null || lat === null) return null;
  const marker = L.marker([lat, lon], { icon: stationIcon(row), riseOnHover: true });
  marker.bindTooltip(stationTip(row), { direction: "top", offset: [0, -10], opacity: 1 });
  marker.on("click", () => pick(siteId));
  marker.on("add", () => equip(marker, row, pick));
  return marker;
}

/** Give the marker what Leaflet leaves out: its name, for readers and tests, and the keys that press it. */
function equip(marker: L.Marker, { station }: Ranked, pick: (siteId: string) => void): void {
  const element = marker.getElement();
  if (!element) return;
  element.dataset.testid = TEST_ID + station.siteId;
  const simulated = station.simulated ? t("simulated") : "";
  element.setAttribute("aria-label", `${chosen(station.nameZh, station.nameEn)} AQI ${aqiText(station)} ${simulated}`.trim());
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pick(station.siteId);
  });
}
