import { expect, test } from "vitest";

import { endpoint, GREETING, opening } from "../src/graphql/opening";

test("the editor asks the path that it was opened at", () => {
  const at = { protocol: "http:", host: "127.0.0.1:8357", pathname: "/mobile/public/graphql" };
  expect(endpoint(at)).toEqual({ http: "/mobile/public/graphql", ws: "ws://127.0.0.1:8357/mobile/public/graphql" });
  expect(endpoint({ ...at, protocol: "https:", pathname: "/graphql.html" })).toEqual({
    http: "/graphql",
    ws: "wss://127.0.0.1:8357/graphql",
  });
});

test("a link brings a question along", () => {
  expect(opening("?query=%7Ba%7D&variables=%7B%7D")).toEqual({ query: "{a}", variables: "{}" });
  expect(opening("")).toEqual({ query: GREETING, variables: undefined });
});
