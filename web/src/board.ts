/** The state of the page: what has been fetched, what is selected, and what is fetched anew when tables move. */

import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";

import * as api from "./api";
import { isInExtent } from "./district";
import { slotsOf, WINDOW_HOURS } from "./hours";
import { useLayers } from "./layers";
import { follow, gathered, liveUrl } from "./live";
import { type Loading, useLoading } from "./loading";
import { type Ranked, ranked, startOf, type Station, stationsOf } from "./stations";
import { HOUR_MS } from "./time";

const GATHER_MS = 400;
const SPREAD_MS = 200;

const COUNTED = ["risk.incident", "enforcement.case", "soil.manifest", "ops.quarantine"];

/** Fetches everything and follows the platform until the owning scope ends. */
export function useBoard() {
  const loading = useLoading();
  const air = useAir(loading);
  const { loadLayers, loadMovedLayers, ...maps } = useLayers(loading);
  const counts = shallowRef<api.Counts | null>(null);
  const lacking = shallowRef<api.SetAside[]>([]);

  const loadCounts = () => loading.load({ part: "counts" }, api.counts, (found) => (counts.value = found));

  const loadLacking = () => loading.load({ part: "lacking" }, api.setAside, (found) => (lacking.value = found));

  function loadAll(): void {
    void loadLacking();
    void air.loadStations();
    void air.loadHours();
    void loadCounts();
    void loadLayers();
  }

  function loadMoved(tables: ReadonlySet<string>): void {
    if (tables.has("ops.set_aside")) void loadLacking();
    if (tables.has("base.site") || tables.has("air.hourly")) void air.loadStations();
    if (tables.has("air.hourly")) void air.loadHours();
    if (COUNTED.some((table) => tables.has(table))) void loadCounts();
    loadMovedLayers(tables);
  }

  const connection = useConnection(loading, loadAll, loadMoved);
  loadAll();
  const { now, rows, selected, slots, picked } = air;
  return { now, rows, selected, slots, picked, ...maps, counts, lacking, connection, failures: loading.failures, loadAll };
}

function useAir({ load, clear }: Loading) {
  const now = shallowRef<api.AirNow | null>(null);
  const hours = shallowRef<api.AirHours | null>(null);
  const picked = ref<string | null>(null);

  const rows = computed(() => ranked(now.value ? stationsOf(now.value) : []));
  const selected = computed(() => selectedOf(rows.value, picked.value));
  const slots = computed(() => {
    const hour = selected.value?.hour;
    if (!hour || hours.value?.siteId !== hour.siteId) return null;
    return slotsOf(hours.value, startOf(hour) + HOUR_MS);
  });

  const loadStations = () => load({ part: "stations" }, api.airNow, (found) => (now.value = found));

  async function loadHours(): Promise<void> {
    const hour = selected.value?.hour;
    if (!hour) return clear({ part: "hours" });
    const until = startOf(hour) + HOUR_MS;
    const ask = () => api.airHours(hour.siteId, until - WINDOW_HOURS * HOUR_MS, until);
    await load({ part: "hours" }, ask, (found) => (hours.value = found));
  }

  watch(() => `${selected.value?.siteId} ${selected.value?.hour?.observedAt}`, () => void loadHours());

  return { now, rows, selected, slots, picked, loadStations, loadHours };
}

/** Whether the platform can tell of what moves; all is fetched anew whenever it can again. */
function useConnection({ fail, clear }: Loading, all: () => void, some: (tables: ReadonlySet<string>) => void) {
  const connection = ref<"connecting" | "live">("connecting");
  const stop = follow(liveUrl(), {
    connected() {
      connection.value = "live";
      clear({ part: "live" });
      all();
    },
    lost: () => (connection.value = "connecting"),
    moved: gathered(
      GATHER_MS,
      (tables) => {
        clear({ part: "live" });
        some(tables);
      },
      SPREAD_MS,
    ),
    stopped(reason) {
      connection.value = "connecting";
      fail({ part: "live" }, new api.NoAnswer("refused", reason));
    },
  });
  onScopeDispose(stop);
  return connection;
}

/** The station that was picked; before that the first of the ranking that lies in the district, or the first at all. */
function selectedOf(rows: readonly Ranked[], picked: string | null): Station | null {
  const stations = rows.map((row) => row.station);
  const found = stations.find((each) => each.siteId === picked) ?? stations.find((each) => isInExtent(each.lon, each.lat));
  return found ?? stations[0] ?? null;
}
