/** Follows the platform over graphql-transport-ws: which tables moved, and whether the connection stands. */

import { createClient } from "graphql-ws";

export interface Follower {
  connected(): void;
  lost(): void;
  moved(tables: string[]): void;
  /** The server refused the subscription; it is asked again after a while. */
  stopped(reason: string): void;
}

interface Moved {
  projectionMoved: { position: string; tables: { table: string; keys: number }[] };
}

const QUERY = "subscription { projectionMoved { position tables { table keys } } }";
const PING_MS = 10_000;
const PONG_MS = 5_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** Follow until the answer is called. */
export function follow(url: string, follower: Follower): () => void {
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    lazy: false,
    keepAlive: PING_MS,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (retries) => pause(Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS)),
    onNonLazyError: (error) => follower.stopped(said(error)),
    on: {
      connected: () => follower.connected(),
      closed: () => follower.lost(),
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(overdue);
      },
    },
  });
  let stop: () => void = () => undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    const later = (wait: number) => {
      again = setTimeout(listen, wait);
    };
    stop = client.subscribe<Moved>(
      { query: QUERY },
      {
        next: ({ data }) => data && follower.moved(data.projectionMoved.tables.map((each) => each.table)),
        error: (error) => {
          follower.stopped(said(error));
          later(LONGEST_WAIT_MS);
        },
        complete: () => later(FIRST_WAIT_MS),
      },
    );
  };
  listen();
  return () => {
    stop();
    clearTimeout(overdue);
    clearTimeout(again);
    void client.dispose();
  };
}

/** The subscriptions' address beside the page's own. */
export function liveUrl(): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/graphql`;
}

/**
 * Collects what is said in bursts, and hands it on at most once in `every` milliseconds, up to `spread` later: many
 * pages that hear the same don't ask at the same moment.
 */
export function gathered(
  every: number,
  hand: (all: Set<string>) => void,
  spread = 0,
): (some: string[]) => void {
  let waiting: Set<string> | null = null;
  return (some) => {
    if (waiting) return some.forEach((each) => waiting?.add(each));
    waiting = new Set(some);
    setTimeout(() => {
      const all = waiting!;
      waiting = null;
      hand(all);
    }, every + Math.random() * spread);
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function said(error: unknown): string {
  if (error instanceof CloseEvent) return `${error.code} ${error.reason}`.trim();
  if (Array.isArray(error)) return error.map((each: { message: string }) => each.message).join("; ");
  return error instanceof Error ? error.message : String(error);
}
