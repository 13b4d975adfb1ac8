/** What the intake page asks of the gateway: importing files, and the quarantine. */

import { answered, ask, type Page } from "../api";

export interface Profile {
  kind: string;
  title: string;
}

/** What became of a file, or would: rows and statements in numbers, the first refusals in words. */
export interface Report {
  rows: number;
  accepted: number;
  restated: number;
  repeated: number;
  refused: number;
  refused_by_code: Record<string, number>;
  refusals: string[];
}

export interface Quarantined {
  submissionId: string;
  state: "OPEN" | "CORRECTED" | "RESENT" | "DISMISSED";
  channel: string;
  origin: string;
  code: string;
  message: string;
  remedy: string;
  quarantinedAt: string | null;
  resolution: string | null;
  resolvedBy: string | null;
}

/** What a step was answered: done, or why not. */
export type Outcome = { done: true } | { done: false; message: string };

const IMPORT_PATIENCE_MS = 600_000;

const QUARANTINE = `{ quarantine(first: 200) { nodes {
  submissionId state channel origin code message remedy quarantinedAt resolution resolvedBy } } }`;
const ANSWER = "__typename ... on Refused { where message remedy } ... on Conflict { conflict: message }";

export function profiles(): Promise<Profile[]> {
  return answered<Profile[]>("/api/v1/profiles");
}

/** Import a file, or with `dryRun` only see what would become of it. */
export function importFile(file: File, kind: string, dryRun: boolean): Promise<Report> {
  const query = new URLSearchParams({ kind, name: file.name, dry_run: String(dryRun) });
  const headers = { "Content-Type": "application/octet-stream" };
  return answered<Report>(`/api/v1/files?${query}`, { method: "POST", headers, body: file }, IMPORT_PATIENCE_MS);
}

export async function quarantine(): Promise<Quarantined[]> {
  return (await ask<{ quarantine: Page<Quarantined> }>(QUARANTINE)).data.quarantine.nodes;
}

export async function content(submissionId: string): Promise<string> {
  const query = "query ($id: String!) { quarantinedContent(submissionId: $id) }";
  return (await ask<{ quarantinedContent: string | null }>(query, { id: submissionId })).data.quarantinedContent ?? "";
}

export function correct(submissionId: string, said: string, note: string, source: string): Promise<Outcome> {
  return step("correctSubmission", { submissionId, content: said, note, source });
}

export function dismiss(submissionId: string, reason: string, source: string): Promise<Outcome> {
  return step("dismissSubmission", { submissionId, reason, source });
}

/** Send it again: as JSON of the API, or with a `kind` as a CSV file of that profile. */
export function resend(submissionId: string, kind: string, source: string): Promise<Outcome> {
  return step("resendSubmission", { submissionId, kind: kind || null, source });
}

export interface Answer {
  __typename: string;
  where?: string;
  message?: string;
  remedy?: string;
  conflict?: string;
}

/** What an answer of the gateway says to a person. */
export function outcomeOf(answer: Answer): Outcome {
  if (answer.__typename === "Conflict") return { done: false, message: answer.conflict ?? "" };
  if (answer.__typename !== "Refused") return { done: true };
  return { done: false, message: `${answer.where}: ${answer.message}. ${answer.remedy}` };
}

async function step(name: string, input: Record<string, unknown>): Promise<Outcome> {
  const kind = name.charAt(0).toUpperCase() + name.slice(1);
  const query = `mutation ($input: ${kind}Input!) { said: ${name}(input: $input) { ${ANSWER} } }`;
  return outcomeOf((await ask<{ said: Answer }>(query, { input })).data.said);
}
