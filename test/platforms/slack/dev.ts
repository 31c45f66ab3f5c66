import {
  APP_TOKEN,
  BOT_TOKEN,
  createSlackServer,
  type Seen,
  SIGNING_SECRET,
  type SlackServer,
} from './slack-server.js';

export interface DevSlackOptions {
  port: number;
  /** Reviver's address for events; absent: Socket Mode. */
  http: string | undefined;
  print(line: string): void;
}

/** A local Slack by hand: what is typed is done by its people, and what changes is printed. */
export interface DevSlack {
  server: SlackServer;
  typed(line: string): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = 'C0INCIDENT';
const PEOPLE = { ann: 'U0ANN', lee: 'U0LEE', max: 'U0MAX' };
const LOOK_MS = 200;

const HELP = `  /recover redis          a command, as ann; "as lee" makes you Lee (ann, lee, max)
  @status                 a mention of the app
  press Approve           presses the newest button with that label
  choose Service = redis  in a form; also "fill Reason = ..." and "submit"
  home                    opens App Home
  outage, back, drop      Slack goes away, comes back, drops its sockets`;

export async function startDevSlack({ port, http, print }: DevSlackOptions): Promise<DevSlack> {
  const server = await createSlackServer({ port });
  const { workspace } = server;
  for (const [name, id] of Object.entries(PEOPLE)) workspace.join({ id, name });
  workspace.open({ id: CHANNEL, name: 'incidents', members: Object.values(PEOPLE) });
  if (http !== undefined) server.callsApp(http);
  print(banner(server, http !== undefined));

  let me = PEOPLE.ann;
  let outage: { over(): void } | undefined;
  const shown = new Map<string, string>();
  const watch = setInterval(() => {
    for (const { key, text } of everything(server)) {
      if (shown.get(key) === text) continue;
      shown.set(key, text);
      print(text);
    }
  }, LOOK_MS);

  const doings: Record<string, (rest: string) => Promise<unknown> | unknown> = {
    as(name) {
      if (!Object.hasOwn(PEOPLE, name)) throw new Error(`nobody is called ${name}`);
      me = PEOPLE[name as keyof typeof PEOPLE];
    },
    press: (label) => {
      const found = newestWith(server, me, label);
      return found ? server.as(me).press(found.channel, found.ts, label) : server.as(me).pressAtHome(label);
    },
    choose: (rest) => server.as(me).choose(...pair(rest)),
    fill: (rest) => server.as(me).fill(...pair(rest)),
    submit: async () => print(JSON.stringify((await server.as(me).submit()) ?? 'taken')),
    home: () => server.as(me).openHome(),
    outage: () => {
      outage ??= server.faults.outage();
    },
    back: () => {
      outage?.over();
      outage = undefined;
    },
    drop: () => server.socket.drop(),
    help: () => print(HELP),
  };

  async function act(line: string): Promise<unknown> {
    if (line === '') return undefined;
    if (line.startsWith('/recover')) return await server.as(me).command(line.slice('/recover'.length).trim());
    if (line.startsWith('@')) return await server.as(me).mention(line.slice(1));
    const [word = '', ...rest] = line.split(' ');
    const doing = Object.hasOwn(doings, word) ? doings[word] : doings.help;
    return await doing?.(rest.join(' '));
  }

  return {
    server,
    typed: (line) =>
      act(line.trim()).then(
        () => {},
        (error: unknown) => print(`! ${String(error)}`),
      ),
    async close() {
      clearInterval(watch);
      await server.close();
    },
  };
}

function banner(server: SlackServer, http: boolean): string {
  const way = http ? `SLACK_SIGNING_SECRET=${SIGNING_SECRET}` : `SLACK_APP_TOKEN=${APP_TOKEN}`;
  return `A local Slack. Start Reviver with

  SLACK_BOT_TOKEN=${BOT_TOKEN} ${way} SLACK_API_URL=${server.apiUrl}

and in its configuration

  channels: { incidents: { slack: ${CHANNEL} } }
  people: [ { name: Ann, slack: U0ANN, roles: [responder] }, { name: Lee, slack: U0LEE, roles: [approver, lead] } ]

${HELP}
`;
}

function pair(rest: string): [string, string] {
  const [left = '', ...right] = rest.split('=');
  return [left.trim(), right.join('=').trim()];
}

function newestWith(server: SlackServer, user: string, label: string): { channel: string; ts: string } | undefined {
  const { messages, whispers } = server.workspace;
  const mine = whispers.filter((whisper) => whisper.user === user);
  return [...messages.filter(({ deleted }) => !deleted), ...mine]
    .filter(({ blocks }) =>
      blocks.some((block) => block.type === 'actions' && block.elements.some(({ text }) => text.text === label)),
    )
    .sort((a, b) => (a.ts < b.ts ? -1 : 1))
    .at(-1);
}

/** All that is visible somewhere, each with what it was last. */
function everything(server: SlackServer): { key: string; text: string }[] {
  const { channels, messages, homes } = server.workspace;
  const threads = [...new Set(messages.flatMap(({ thread }) => (thread === undefined ? [] : [thread])))];
  const said = [...channels.keys()].flatMap((channel) => [
    ...server.seen(channel).map((seen) => draw(`#${channel}`, seen)),
    ...threads.flatMap((thread) => server.seen(channel, thread).map((seen) => draw(`#${channel} ┆`, seen))),
  ]);
  const people = Object.entries(PEOPLE).flatMap(([name, id]) => {
    const form = server.as(id).form();
    const home = homes.get(id);
    return [
      ...server.privately(id).map((seen) => draw(`only ${name}`, seen)),
      ...(form ? [{ key: `form ${name}`, text: `[form of ${name}] ${JSON.stringify(form.fields)}` }] : []),
      ...(home
        ? [
            {
              key: `home ${name}`,
              text: `[home of ${name}]\n${server.workspace.shown({ text: '', ...home.payload }).text}`,
            },
          ]
        : []),
    ];
  });
  return [...said, ...people];
}

function draw(where: string, { ts, text, buttons }: Seen): { key: string; text: string } {
  const row = buttons.length > 0 ? `\n${buttons.map((label) => `[${label}]`).join(' ')}` : '';
  return { key: `${where} ${ts}`, text: `${`${text}${row}`.replace(/^/gm, `${where} │ `)}\n` };
}
