import { createInterface } from 'node:readline';
import { startDevSlack } from './dev.js';

/** PORT: where it listens. REVIVER_URL: where events go by HTTP, such as http://127.0.0.1:8014/slack/events; else Socket Mode. */
const { PORT = '8092', REVIVER_URL } = process.env;
const slack = await startDevSlack({ port: Number(PORT), http: REVIVER_URL, print: (line) => console.log(line) });
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void slack.typed(line));
await new Promise<void>((resolve) => {
  lines.once('close', resolve);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
lines.close();
await slack.close();
