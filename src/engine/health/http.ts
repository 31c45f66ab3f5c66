import { httpRequest } from './http-request.js';
import { healthy, type Probe, unhealthy } from './probe.js';

/** GET; by default every status from 200 to 399 is healthy. Redirects are not followed. */
export const checkHttp: Probe = async (check, signal) => {
  const { status } = await httpRequest(new URL(check.url ?? ''), { method: 'GET' }, signal);
  const good = check.expectStatus ? check.expectStatus.includes(status) : status >= 200 && status < 400;
  return (good ? healthy : unhealthy)(`HTTP ${status}`, { status });
};
