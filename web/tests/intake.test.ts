import { afterEach, expect, it, vi } from "vitest";

import { importFile, outcomeOf, resend } from "../src/intake/api";

afterEach(() => vi.unstubAllGlobals());

function answering(body: unknown): ReturnType<typeof vi.fn> {
  const asked = vi.fn(async () => new Response(JSON.stringify(body)));
  vi.stubGlobal("fetch", asked);
  return asked;
}

it("says of a refusal where, what and what to do", () => {
  const refused = { __typename: "Refused", where: "reason", message: "no reason is given", remedy: "Say why." };
  expect(outcomeOf(refused)).toEqual({ done: false, message: "reason: no reason is given. Say why." });
  expect(outcomeOf({ __typename: "Conflict", conflict: "look again" })).toEqual({ done: false, message: "look again" });
  expect([outcomeOf({ __typename: "Accepted" }), outcomeOf({ __typename: "Resent" })]).toEqual([{ done: true }, { done: true }]);
});

it("posts a file with its name and kind, as what no other site may send", async () => {
  const asked = answering({ rows: 2, accepted: 1 });
  expect((await importFile(new File(["a,b"], "一 day.csv"), "cnemc", true)).accepted).toBe(1);
  const [url, init] = asked.mock.calls[0] as [string, RequestInit];
  expect(new URL(url, "http://x").searchParams.get("name")).toBe("一 day.csv");
  expect(new URL(url, "http://x").searchParams.get("dry_run")).toBe("true");
  expect(init.headers).toEqual({ "Content-Type": "application/octet-stream" });
});

it("sends again as JSON where no kind of file is named", async () => {
  const asked = answering({ data: { said: { __typename: "Resent" } } });
  expect(await resend("x", "", "officer")).toEqual({ done: true });
  const { variables } = JSON.parse((asked.mock.calls[0] as [string, RequestInit])[1].body as string);
  expect(variables.input).toEqual({ submissionId: "x", kind: null, source: "officer" });
});
