// What a scheduler does, over HTTP: POST /recover/{service}, and wait until the end. Exit codes: 0 it succeeded, 1 it did not,
// 2 people must look at it.
// REVIVER_URL=http://127.0.0.1:8014 REVIVER_TOKEN=... node recover-and-wait.js redis restart
import { setTimeout as sleep } from 'node:timers/promises';

const { REVIVER_URL = 'http://127.0.0.1:8014', REVIVER_TOKEN = '' } = process.env;
const [, , service = '', strategy] = process.argv;
const ENDED = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'CANCELLED'];
const PEOPLE: Record<string, string> = {
  AWAITING_APPROVAL: 'waits for an approval, in chat or by POST /recoveries/{id}/approve',
  AWAITING_MANUAL: 'cannot go on by itself: look at it in chat, then retry it or mark what it asks about as done',
};
const headers = { authorization: `Bearer ${REVIVER_TOKEN}`, 'content-type': 'application/json' };

const body = JSON.stringify({ ...(strategy ? { strategy } : {}), reason: 'asked by a scheduler' });
let recovery = await answer(`/recover/${encodeURIComponent(service)}`, { method: 'POST', body });
console.log(`${recovery.id} of ${recovery.service} began`);
for (let told = ''; !ENDED.includes(recovery.state); recovery = await answer(`/recoveries/${recovery.id}`)) {
  const wants = PEOPLE[recovery.state];
  if (wants && told !== recovery.state) console.log(`${recovery.id} ${wants}`);
  told = recovery.state;
  // Only a person ends it now, in minutes or in days: whoever called us is told instead of kept waiting.
  if (told === 'AWAITING_MANUAL') break;
  await sleep(500);
}
console.log(`${recovery.service}: ${recovery.state}`);
process.exitCode = recovery.state === 'SUCCEEDED' ? 0 : recovery.state === 'AWAITING_MANUAL' ? 2 : 1;

async function answer(
  path: string,
  request: RequestInit = {},
): Promise<{ id: string; service: string; state: string }> {
  const response = await fetch(`${REVIVER_URL}${path}`, { ...request, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}
