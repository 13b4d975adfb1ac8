/** Fetches parts of the page: the latest asking wins, and what failed is kept for the page to say. */

import { reactive } from "vue";

import { type MapEntry, NoAnswer } from "./api";

export type Part = "stations" | "hours" | "counts" | "index" | "map" | "live" | "lacking";

export interface Failure {
  part: Part;
  error: NoAnswer;
  /** Which of the maps, where it is about one. */
  map?: MapEntry;
}

export type About = Omit<Failure, "error">;

export interface Loading {
  failures: Map<string, Failure>;
  /** Fetch a part; `keep` is given the answer, unless the part was asked for again meanwhile. */
  load<T>(about: About, fetch: () => Promise<T>, keep: (found: T) => void): Promise<void>;
  fail(about: About, error: NoAnswer): void;
  clear(about: About): void;
}

export function useLoading(): Loading {
  const failures = reactive(new Map<string, Failure>());
  const turns = new Map<string, number>();
  const keyOf = (about: About) => about.part + (about.map?.id ?? "");

  async function load<T>(about: About, fetch: () => Promise<T>, keep: (found: T) => void): Promise<void> {
    const key = keyOf(about);
    const turn = (turns.get(key) ?? 0) + 1;
    turns.set(key, turn);
    try {
      const found = await fetch();
      if (turns.get(key) !== turn) return;
      keep(found);
      failures.delete(key);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (turns.get(key) === turn) fail(about, error);
    }
  }

  function fail(about: About, error: NoAnswer): void {
    failures.set(keyOf(about), { ...about, error });
  }

  function clear(about: About): void {
    failures.delete(keyOf(about));
  }

  return { failures, load, fail, clear };
}
