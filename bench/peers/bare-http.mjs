import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * The floor of an HTTP server in this language: Node's own, which says the same text to everybody, as long as a status is.
 * Its length in bytes is the argument. Says its port to its parent.
 */
const text = JSON.stringify({ filler: 'x'.repeat(Math.max(0, Number(process.argv[2]) - 13)) });
const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(text);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send(server.address().port);
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
