/** What the page asks of the gateway: GraphQL queries and the network maps, with their types. */

export interface Site {
  siteId: string;
  nameZh: string;
  nameEn: string;
  lon: number | null;
  lat: number | null;
  positionQuality: string;
  source: string;
}

/** One hour of a station; times ISO 8601, UTC. */
export interface AirHour {
  siteId: string;
  observedAt: string;
  endsAt: string;
  aqi: number | null;
  level: number | null;
  primaryPollutants: string[];
  edition: string | null;
  simulated: boolean | null;
}

/** Hours of a station, oldest first: parallel lists. Null is missing or unusable. */
export interface AirHours {
  siteId: string;
  observedAt: string[];
  aqi: (number | null)[];
  level: (number | null)[];
  simulated: (boolean | null)[];
  so2UgM3: (number | null)[];
  no2UgM3: (number | null)[];
  coMgM3: (number | null)[];
  o3UgM3: (number | null)[];
  pm10UgM3: (number | null)[];
  pm25UgM3: (number | null)[];
}

/** Rows of a list, as the gateway hands them out by pages. */
export interface Page<Row> {
  nodes: Row[];
}

export interface AirNow {
  sites: Site[];
  hours: AirHour[];
  position: string;
}

/** How many there are, how many of them are simulated, and whether there may be more than were counted. */
export interface Count {
  all: number;
  simulated: number;
  more: boolean;
}

export interface Counts {
  incidents: Count;
  cases: Count;
  manifests: Count;
  quarantined: Count;
}

export interface MapEntry {
  id: string;
  title_zh: string;
  title_en: string;
  href: string;
  /** The tables that the map is read from: it is fetched anew when one of them moves. */
  reads: string[];
}

export interface Place {
  type: "Point";
  coordinates: [number, number];
}

export interface Way {
  type: "LineString";
  coordinates: [number, number][];
}

export interface Feature<Geometry = Place> {
  id: string;
  geometry: Geometry | null;
  properties: Record<string, unknown> & { kind: string; name_zh: string; name_en: string };
}

/** Which way water flows from one node to another. */
export type Connection = Feature<Way>;

export interface MapContent {
  nodes: Feature[];
  connections: Connection[];
}

/** Why the gateway gave no answer, for the page to say in its language. */
export class NoAnswer extends Error {
  constructor(
    readonly kind: "unreachable" | "status" | "refused",
    readonly detail: string,
  ) {
    super(`${kind} ${detail}`);
  }
}

const PATIENCE_MS = 20_000;
const MOST_QUARANTINED = 1000;
const OPEN_CASE = ["FILED", "INVESTIGATED", "NOTIFIED", "DECIDED", "FULFILLED"];
const MOVING_MANIFEST = ["ISSUED", "LOADED", "DELIVERED"];

const AIR_NOW = `{
  sites(kind: "station") { nodes { siteId nameZh nameEn lon lat positionQuality source } }
  airNow { nodes { siteId observedAt endsAt aqi level primaryPollutants edition simulated } }
}`;

const AIR_HOURS = `query ($siteId: String!, $since: DateTime!, $until: DateTime!) {
  airHours(siteId: $siteId, since: $since, until: $until) {
    siteId observedAt aqi level simulated so2UgM3 no2UgM3 coMgM3 o3UgM3 pm10UgM3 pm25UgM3
  }
}`;

const COUNTS = `{
  incidents_OPEN: incidents(status: OPEN) { nodes { source } }
  ${OPEN_CASE.map((each) => `cases_${each}: cases(status: "${each}") { source }`).join("\n  ")}
  ${MOVING_MANIFEST.map((each) => `manifests_${each}: manifests(status: ${each}) { nodes { source } }`).join("\n  ")}
  quarantine_OPEN: quarantine(first: ${MOST_QUARANTINED}, state: "OPEN") { nodes { source: channel } }
  quarantine_CORRECTED: quarantine(first: ${MOST_QUARANTINED}, state: "CORRECTED") { nodes { source: channel } }
}`;

/** The air stations and each one's latest hour, of one position of the log. */
export async function airNow(): Promise<AirNow> {
  const { data, position } = await ask<{ sites: Page<Site>; airNow: Page<AirHour> }>(AIR_NOW);
  return { sites: data.sites.nodes, hours: data.airNow.nodes, position };
}

/** Hours of a station that start in [since, until), milliseconds of the epoch. */
export async function airHours(siteId: string, since: number, until: number): Promise<AirHours> {
  const window = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  return (await ask<{ airHours: AirHours }>(AIR_HOURS, { siteId, ...window })).data.airHours;
}

/** What is under way: open incidents and cases, moving manifests, and what is in quarantine. */
export async function counts(): Promise<Counts> {
  const { data } = await ask<Record<string, Page<Sourced> | Sourced[]>>(COUNTS);
  const of = (prefix: string) =>
    count(Object.entries(data).flatMap(([name, found]) => (name.startsWith(prefix) ? rows(found) : [])));
  return { incidents: of("incidents"), cases: of("cases"), manifests: of("manifests"), quarantined: of("quarantine") };
}

/** A table of which rows are left out, since they can't be computed. */
export interface SetAside {
  table: string;
  rows: number;
  error: string;
}

/** The tables that are not up to date. */
export async function setAside(): Promise<SetAside[]> {
  return (await ask<{ setAside: SetAside[] }>("{ setAside { table rows error } }")).data.setAside;
}

/** The network maps that there are. */
export function mapIndex(): Promise<MapEntry[]> {
  return answered<MapEntry[]>("/maps");
}

/** The nodes of a map, and what connects them. */
export async function mapContent(href: string): Promise<MapContent> {
  return parted((await answered<{ features: (Feature | Connection)[] }>(href)).features);
}

/** Nodes and connections of a collection, told apart by their kind; outlines of places are left to other programs. */
export function parted(features: readonly (Feature | Connection)[]): MapContent {
  const connects = (each: Feature | Connection): each is Connection => each.properties.kind === "connection";
  return {
    nodes: features.filter((each): each is Feature => !connects(each) && each.properties.kind !== "outline"),
    connections: features.filter(connects),
  };
}

interface Sourced {
  source: string;
}

function rows<T>(found: Page<T> | T[]): T[] {
  return Array.isArray(found) ? found : found.nodes;
}

function count(found: Sourced[]): Count {
  const simulated = found.filter((each) => each.source === "simulator").length;
  return { all: found.length, simulated, more: found.length >= MOST_QUARANTINED };
}

interface Said<T> {
  data: T | null;
  errors?: { message: string }[];
  extensions?: { position?: string };
}

/** The answer to a GraphQL operation, and the log position that it was read at. Throws `NoAnswer`. */
export async function ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<{ data: T; position: string }> {
  const body = JSON.stringify({ query, variables });
  const headers = { "Content-Type": "application/json" };
  const said = await answered<Said<T>>("/graphql", { method: "POST", headers, body });
  if (said.errors?.length || said.data === null) throw new NoAnswer("refused", said.errors?.[0]?.message ?? "");
  return { data: said.data, position: said.extensions?.position ?? "" };
}

/** The JSON at a URL. Throws `NoAnswer`. */
export async function answered<T>(url: string, init: RequestInit = {}, patienceMs = PATIENCE_MS): Promise<T> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) throw new NoAnswer("status", `HTTP ${response.status} ${response.statusText}`.trim());
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer("unreachable", String(error));
  }
}
