// What a scheduler does, over HTTP: POST /recover/{service}, and wait until the end. The exit code is 0 when it succeeded.
// REVIVER_URL=http://127.0.0.1:8014 REVIVER_TOKEN=... node recover-and-wait.js redis restart
import { setTimeout as sleep } from 'node:timers/promises';

const { REVIVER_URL = 'http://127.0.0.1:8014', REVIVER_TOKEN = '' } = process.env;
const [, , service = '', strategy] = process.argv;
const ENDED = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'CANCELLED'];
const headers = { authorization: `Bearer ${REVIVER_TOKEN}`, 'content-type': 'application/json' };

const body = JSON.stringify({ ...(strategy ? { strategy } : {}), reason: 'asked by a scheduler' });
let recovery = await answer(`/recover/${encodeURIComponent(service)}`, { method: 'POST', body });
console.log(`${recovery.id} of ${recovery.service} began`);
while (!ENDED.includes(recovery.state)) {
  await sleep(500);
  recovery = await answer(`/recoveries/${recovery.id}`);
}
console.log(`${recovery.service}: ${recovery.state}`);
process.exitCode = recovery.state === 'SUCCEEDED' ? 0 : 1;

async function answer(
  path: string,
  request: RequestInit = {},
): Promise<{ id: string; service: string; state: string }> {
  const response = await fetch(`${REVIVER_URL}${path}`, { ...request, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}
