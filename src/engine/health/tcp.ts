import { connect } from 'node:net';
import { healthy, type Probe } from './probe.js';

/** `tcp://host:port`: the port accepts a connection. */
export const checkTcp: Probe = (check, signal) => {
  const { hostname, port } = new URL(check.url ?? '');
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), { once: true });
    socket.once('connect', () => end(() => resolve(healthy(`port ${port} is open`))));
    socket.once('error', (error) => end(() => reject(error)));
  });
};
