import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/**
 * A mail server as RFC 5321 and RFC 4954 have it: EHLO, AUTH PLAIN and LOGIN, one envelope after the other, SIZE. It refuses
 * what a strict one refuses, and can be told what else goes wrong.
 */
export const USER = 'reviver@example.com';
export const PASSWORD = 'mail-password-9';
export const NOBODY = 'nobody@example.com';

export interface SmtpServer {
  /** For SMTP_URL, with a login. */
  url: string;
  host: string;
  mails: { from: string; to: string[]; data: string }[];
  refused: string[];
  /** The next envelopes meet these, one each: a reply to RCPT, or silence. */
  faults: ('greylisted' | 'hang' | 'lost' | 'down')[];
  close(): Promise<void>;
}

const LARGEST = 100_000;

export async function startSmtp(): Promise<SmtpServer> {
  const mails: SmtpServer['mails'] = [];
  const refused: string[] = [];
  const faults: SmtpServer['faults'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    talk(socket);
  });

  function talk(socket: Socket): void {
    const say = (line: string) => void socket.write(`${line}\r\n`);
    const refuse = (line: string) => {
      refused.push(line);
      say(line);
    };
    const fault = faults.shift();
    if (fault === 'down') return void socket.end('421 4.3.2 the service is down for a moment\r\n');
    let authenticated = false;
    let awaiting: 'user' | 'password' | undefined;
    let user = '';
    let from: string | undefined;
    let to: string[] = [];
    let data: string | undefined;
    let buffer = '';
    const login = (name: string, password: string) => {
      authenticated = name === USER && password === PASSWORD;
      if (authenticated) say('235 2.7.0 accepted');
      else refuse('535 5.7.8 authentication credentials invalid');
    };
    const decoded = (text: string) => Buffer.from(text, 'base64').toString();
    const COMMANDS: Record<string, (rest: string) => void> = {
      EHLO: () => say(`250-stand-in\r\n250-SIZE ${LARGEST}\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN`),
      HELO: () => say('250 stand-in'),
      AUTH(rest) {
        const [way, first = ''] = rest.split(' ');
        if (way === 'PLAIN') {
          const [, name = '', password = ''] = decoded(first).split('\0');
          login(name, password);
        } else {
          awaiting = 'user';
          say('334 VXNlcm5hbWU6');
        }
      },
      MAIL(rest) {
        const size = Number(/SIZE=(\d+)/.exec(rest)?.[1] ?? 0);
        if (!authenticated) refuse('530 5.7.0 authentication required');
        else if (size > LARGEST) refuse('552 5.3.4 the message is too large');
        else {
          from = /<([^>]*)>/.exec(rest)?.[1];
          to = [];
          say('250 2.1.0 ok');
        }
      },
      RCPT(rest) {
        if (fault === 'hang') return;
        const address = /<([^>]*)>/.exec(rest)?.[1] ?? '';
        if (from === undefined) refuse('503 5.5.1 MAIL first');
        else if (fault === 'greylisted') refuse('451 4.7.1 greylisted, come back in a moment');
        else if (address === NOBODY) refuse('550 5.1.1 no such user here');
        else {
          to.push(address);
          say('250 2.1.5 ok');
        }
      },
      DATA() {
        if (to.length === 0) return refuse('554 5.5.1 no valid recipients');
        data = '';
        say('354 end with a dot');
      },
      RSET: () => say('250 2.0.0 ok'),
      NOOP: () => say('250 2.0.0 ok'),
      QUIT() {
        say('221 2.0.0 bye');
        socket.end();
      },
    };
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString();
      for (let end = buffer.indexOf('\r\n'); end !== -1; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (data !== undefined) {
          if (line !== '.') {
            data += `${line.replace(/^\./, '')}\r\n`;
            continue;
          }
          const mail = { from: from ?? '', to, data };
          data = undefined;
          if (mail.data.length > LARGEST) refuse('552 5.3.4 the message is too large');
          else {
            mails.push(mail);
            if (fault === 'lost') return void socket.destroy();
            say('250 2.0.0 queued');
          }
        } else if (awaiting === 'user') {
          user = decoded(line);
          awaiting = 'password';
          say('334 UGFzc3dvcmQ6');
        } else if (awaiting === 'password') {
          awaiting = undefined;
          login(user, decoded(line));
        } else {
          const [verb = '', ...rest] = line.split(' ');
          const command = COMMANDS[verb.toUpperCase()];
          if (command) command(rest.join(' '));
          else refuse('500 5.5.2 unknown command');
        }
      }
    });
    say('220 stand-in ESMTP');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was bound');
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `smtp://${encodeURIComponent(USER)}:${PASSWORD}@${host}`,
    host,
    mails,
    refused,
    faults,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
