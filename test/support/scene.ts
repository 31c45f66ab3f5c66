import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Answer, Installation } from './reviver.js';

/** One recovery in a test: what it writes, what holds it back, and how far it is. */
export interface Scene {
  id: string;
  /** Where its steps write. */
  file: string;
  /** What its steps wrote, in order. */
  lines(): Promise<string[]>;
  /** Lets steps that wait for the gate go on. */
  open(): Promise<void>;
  view(): Promise<Answer>;
  reaches(state: string, timeoutMs?: number): Promise<Answer>;
  /** Waits until the step at this position is in this state. */
  step(position: number, state: string, timeoutMs?: number): Promise<void>;
}

/** Starts recoveries of services s1, s2, ... whose runbooks take the parameters `file` and `gate`. */
export function createScenes(reviver: Installation): (runbook: string) => Promise<Scene> {
  let next = 0;
  return async (runbook) => {
    next += 1;
    const file = join(reviver.folder, `ledger-${next}.txt`);
    const gate = `${file}.gate`;
    const { status, body } = await reviver.call('POST', `/recover/s${next}`, { runbook, params: { file, gate } });
    expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
    return sceneOf(reviver, body.id, file);
  };
}

function sceneOf(reviver: Installation, id: string, file: string): Scene {
  return {
    id,
    file,
    lines: () => linesIn(file),
    open: () => writeFile(`${file}.gate`, ''),
    view: () => reviver.recovery(id),
    reaches: (state, timeoutMs) => reviver.reaches(id, state, timeoutMs),
    step: (position, state, timeoutMs) => reviver.step(id, position, state, timeoutMs),
  };
}

/** What steps wrote into a file, in order. */
export async function linesIn(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
}

/** YAML of services s1 to s`count`, whose recovery touches nothing. */
export function manyServices(count: number): string {
  return Array.from(
    { length: count },
    (_, n) => `  - { name: s${n + 1}, runtime: process, process: { command: ["true"], cwd: . } }`,
  ).join('\n');
}

/** A runbook of three steps: a line, the given step, another line. */
export function threeSteps(id: string, second: string): string {
  return `id: ${id}
params: { file: { type: string }, gate: { type: string } }
steps:
  - { id: a, action: ledger_append, with: { file: "{{ params.file }}", line: a } }
  - ${second}
  - { id: c, action: ledger_append, with: { file: "{{ params.file }}", line: c } }
`;
}

export const GATED = '{ file: "{{ params.file }}", line: b, gate: "{{ params.gate }}" }';
export const UNTIL_GATE =
  '[sh, -c, "while [ ! -e {{ params.gate }} ]; do sleep 0.05; done; echo b >> {{ params.file }}"]';
const fixture = (name: string) => join(process.cwd(), 'test', 'process', 'fixtures', name);
export const LEDGER = fixture('ledger.mjs');
export const FIXTURES = [LEDGER, fixture('slow.mjs')];
export const NO_APPROVALS = 'approvals: { rules: [{ when: "true", need: 0 }] }';
