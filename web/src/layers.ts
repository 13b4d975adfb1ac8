/** The network maps as layers: which are shown, and what stands on them. */

import { ref } from "vue";

import { type Connection, type Feature, type MapEntry, mapContent, mapIndex } from "./api";
import type { Loading } from "./loading";

export interface Layer {
  entry: MapEntry;
  shown: boolean;
  features: Feature[];
  connections: Connection[];
}

export const AIR = "air";
export const WATER = "surface-water";

const SHOWN_AT_FIRST = [AIR, WATER, "outfall"];

export function useLayers({ load, clear }: Loading) {
  const layers = ref<Layer[]>([]);

  /** The waters are fetched even where their map is hidden: their classes are shown beside it. */
  const isUsed = (layer: Layer) => layer.shown || layer.entry.id === WATER;

  /** The air stations come with their hours from elsewhere: of that map the sources and their monitors are kept. */
  async function loadLayer(layer: Layer): Promise<void> {
    const about = { part: "map", map: layer.entry } as const;
    await load(about, () => mapContent(layer.entry.href), ({ nodes, connections }) => {
      layer.features = nodes.filter((node) => node.properties.kind !== "station");
      layer.connections = connections;
    });
  }

  async function loadLayers(): Promise<void> {
    await load({ part: "index" }, mapIndex, (found) => {
      const before = new Map(layers.value.map((layer) => [layer.entry.id, layer]));
      layers.value = found.map(
        (entry) =>
          before.get(entry.id) ?? {
            entry,
            shown: SHOWN_AT_FIRST.includes(entry.id),
            features: [],
            connections: [],
          },
      );
    });
    await Promise.all(layers.value.filter(isUsed).map(loadLayer));
  }

  function loadMovedLayers(tables: ReadonlySet<string>): void {
    for (const layer of layers.value.filter(isUsed)) {
      if (layer.entry.reads.some((table) => tables.has(table))) void loadLayer(layer);
    }
  }

  function toggle(layer: Layer): void {
    layer.shown = !layer.shown;
    clear({ part: "map", map: layer.entry });
    if (layer.shown) void loadLayer(layer);
  }

  return { layers, loadLayers, loadMovedLayers, toggle };
}
