// A small shop that cannot live without its Redis: GET /health is 200 only while PING answers.
import { createServer } from 'node:http';
import { connect } from 'node:net';

const [port, redisPort] = [process.env.PORT, process.env.REDIS_PORT].map(Number);

function ping() {
  return new Promise((resolve) => {
    const socket = connect(redisPort, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.on('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.on('error', () => end(false));
  });
}

createServer(async (_request, response) => {
  const well = await ping();
  response
    .writeHead(well ? 200 : 503, { 'content-type': 'text/plain' })
    .end(well ? 'the shop is open\n' : 'no Redis, no shop\n');
}).listen(port, '127.0.0.1');
