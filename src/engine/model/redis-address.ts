/** Where Reviver's own Redis is: one server, a master that Sentinels know by name, or a cluster. */
export type RedisAddress =
  | ({ kind: 'server' /** As ioredis reads it. */; url: string } & Pick<Shared, 'tls' | 'hosts'>)
  | ({ kind: 'sentinel'; master: string; db: number; sentinelPassword?: string } & Shared)
  | ({ kind: 'cluster' } & Shared);

interface Shared {
  tls: boolean;
  /** The server, the Sentinels, or some nodes of the cluster. */
  hosts: Host[];
  username?: string;
  password?: string;
}

export interface Host {
  host: string;
  port: number;
}

const SENTINEL = 'redis+sentinel://:PASSWORD@s1:26379,s2:26379,s3:26379/NAME_OF_THE_MASTER';
const CLUSTER = 'redis+cluster://:PASSWORD@n1:6379,n2:6379,n3:6379';
const FORMS = `redis://host:6379, ${SENTINEL}, or ${CLUSTER} (rediss instead of redis: with TLS)`;

/** One that cannot be read: what is expected instead, without anything of the address. */
export interface BadAddress {
  expected: string;
}

const SEVERAL = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/]*)@)?([^/?#]*)\/?([^?#]*)(?:\?(.*))?$/;

/** Reads REDIS_URL. Hosts without a port have the usual one: 6379, of Sentinels 26379. */
export function readRedisAddress(text: string): RedisAddress | BadAddress {
  const [, scheme, kind, credentials, list = '', path = '', query] = SEVERAL.exec(text) ?? [];
  if (kind === undefined) return readServer(text);
  const hosts = list.split(',').map((one) => readHost(one, kind === 'sentinel' ? 26_379 : 6_379));
  if (!hosts.every((host) => host !== undefined))
    return { expected: `host:port, several with commas, as in ${kind === 'sentinel' ? SENTINEL : CLUSTER}` };
  const account = readAccount(credentials);
  if (!account) return { expected: 'a user and a password in which % : @ / and , are percent-encoded' };
  const shared = { tls: scheme === 'rediss', hosts, ...account };
  return kind === 'sentinel' ? readSentinel(shared, path, query) : readCluster(shared, path, query);
}

function readServer(text: string): RedisAddress | BadAddress {
  if (/^rediss?:\/\/[^/?#]*,/.test(text))
    return { expected: `one host, or what several are: ${SENTINEL}, or ${CLUSTER}` };
  const { protocol, hostname, port } = URL.canParse(text) ? new URL(text) : { protocol: '', hostname: '', port: '' };
  if (!/^rediss?:$/.test(protocol) || hostname === '') return { expected: `a URL such as ${FORMS}` };
  return {
    kind: 'server',
    url: text,
    tls: protocol === 'rediss:',
    hosts: [{ host: hostname, port: Number(port || 6_379) }],
  };
}

function readSentinel(shared: Shared, path: string, query = ''): RedisAddress | BadAddress {
  const [master = '', db = '', ...rest] = path.split('/');
  const { sentinel_password: sentinelPassword = '', ...strange } = Object.fromEntries(new URLSearchParams(query));
  if (master === '') return { expected: `the name that the Sentinels have for the master: ${SENTINEL}` };
  if (!/^\d{0,5}$/.test(db) || rest.length > 0)
    return { expected: `a number of a database behind the name: ${SENTINEL}/0` };
  if (Object.keys(strange).length > 0) return { expected: 'no option but sentinel_password' };
  return { kind: 'sentinel', ...shared, master, db: Number(db), ...(sentinelPassword ? { sentinelPassword } : {}) };
}

function readCluster(shared: Shared, path: string, query = ''): RedisAddress | BadAddress {
  if (path !== '' || query !== '')
    return { expected: `nothing behind the hosts, since a cluster has one database: ${CLUSTER}` };
  return { kind: 'cluster', ...shared };
}

export function isBadAddress(read: RedisAddress | BadAddress): read is BadAddress {
  return 'expected' in read;
}

/** For people: `the master mymaster of s1:26379,s2:26379`, without user and password. */
export function placeOfRedis(address: RedisAddress): string {
  const hosts = address.hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  if (address.kind === 'server') return hosts;
  return address.kind === 'cluster' ? `the cluster ${hosts}` : `the master ${address.master} of ${hosts}`;
}

function readHost(text: string, usual: number): Host | undefined {
  const [, v6, name = v6, port = String(usual)] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  return name === undefined || Number(port) > 65_535 ? undefined : { host: name, port: Number(port) };
}

function readAccount(text = ''): Pick<Shared, 'username' | 'password'> | undefined {
  const [username = '', password = '', ...rest] = text.split(':');
  if (rest.length > 0) return undefined;
  try {
    return {
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
    };
  } catch {
    return undefined;
  }
}
