/** What a plan says of a command before any server is asked; the server's own word is heard before it is sent. */
export type Verdict =
  | { kind: 'reads' | 'unlisted' }
  | { kind: 'acts'; risk: number }
  | { kind: 'refused'; why: string };

/** Commands whose second word belongs to their name. */
const GROUPS = new Set(
  'acl client cluster command config debug function latency memory module object pubsub script slowlog xgroup xinfo'.split(
    ' ',
  ),
);

const READS = new Set(
  [
    ...'get mget strlen getrange exists ttl pttl expiretime pexpiretime type dump randomkey touch'.split(' '),
    ...'hget hmget hgetall hlen hexists hkeys hvals hstrlen hrandfield hscan'.split(' '),
    ...'llen lrange lindex lpos scard sismember smismember smembers srandmember sinter sunion sdiff sscan'.split(' '),
    ...'zcard zcount zrange zrangebyscore zrevrange zrevrangebyscore zscore zmscore zrank zrevrank zscan'.split(' '),
    ...'xlen xrange xrevrange xpending bitcount bitpos getbit pfcount geopos geodist geosearch'.split(' '),
    ...'dbsize info ping echo time scan lastsave role lolwut'.split(' '),
    'client list,client info,client id,client getname,cluster info,cluster nodes,cluster slots,cluster shards,cluster myid',
    'cluster keyslot,cluster countkeysinslot,command count,command info,command list,command docs,config get,latency doctor',
    'latency history,latency latest,memory doctor,memory stats,memory usage,object encoding,object freq,object idletime',
    'object refcount,pubsub channels,pubsub numpat,pubsub numsub,script exists,slowlog get,slowlog len,xinfo stream',
    'xinfo groups,xinfo consumers,function list,function stats',
  ].flatMap((names) => names.split(',')),
);

/** Beyond the ordinary write: what cannot be undone, runs code, or changes the server itself. */
const ACTS = new Map<string, number>([
  ...'flushall flushdb swapdb restore replicaof slaveof failover eval evalsha eval_ro evalsha_ro fcall fcall_ro'
    .split(' ')
    .map((name) => [name, 0.7] as const),
  ...'config set,config rewrite,config resetstat,script flush,script kill,script load,function load,function delete,function flush,function restore,function kill,cluster failover,cluster reset,cluster forget,cluster meet,cluster replicate,cluster addslots,cluster delslots,cluster setslot'
    .split(',')
    .map((name) => [name, 0.7] as const),
  ['client kill', 0.5],
  ['client pause', 0.5],
  ['client unpause', 0.3],
  // Walks all keys while everybody else waits.
  ['keys', 0.3],
  ['bgsave', 0.3],
  ['bgrewriteaof', 0.3],
  ['slowlog reset', 0.3],
  ['latency reset', 0.3],
  ['memory purge', 0.3],
]);

const ONE = 'is one of several that belong together, and only one is sent';
const CONNECTION = 'changes the connection, which is not used again; user, password and database stand in the URL';
const STREAM = 'takes the connection over and never ends';
const WAITS = 'waits inside the server';
const REFUSED = new Map<string, string>([
  ['shutdown', 'stops the server behind the back of its runtime: use stop_service'],
  ['debug', 'can crash or block the server'],
  ['module', 'loads foreign code into the server'],
  ['acl', 'is about users and passwords, which do not belong into a plan'],
  ['migrate', 'copies data to another server, with its password in the plan'],
  ['save', 'blocks the server until all is written: use create_backup, or BGSAVE'],
  ...['multi', 'exec', 'discard', 'watch', 'unwatch'].map((name) => [name, ONE] as const),
  ...['auth', 'hello', 'select', 'quit', 'reset', 'asking', 'readonly', 'readwrite'].map(
    (name) => [name, CONNECTION] as const,
  ),
  ...['client reply', 'client tracking', 'client caching', 'client setname', 'client setinfo'].map(
    (name) => [name, CONNECTION] as const,
  ),
  ...['monitor', 'subscribe', 'psubscribe', 'ssubscribe', 'sync', 'psync', 'replconf'].map(
    (name) => [name, STREAM] as const,
  ),
  ...'blpop brpop brpoplpush blmove blmpop bzpopmin bzpopmax bzmpop wait waitaof'
    .split(' ')
    .map((name) => [name, WAITS] as const),
]);

/** Settings that hold a secret, or through which a file anywhere on the server's disk can be written. */
const REFUSED_SETTINGS =
  /^(requirepass|masterauth|masteruser|user|aclfile|dir|dbfilename|appenddirname|appendfilename|logfile|unixsocket|pidfile|loadmodule|rename-command|tls-.*)$/i;

/** `config set` of `CONFIG SET maxmemory 1gb`, and what follows its name. */
export function readCommand(words: readonly string[]): { name: string; args: string[] } {
  const [first = '', second = '', ...rest] = words;
  const name = first.toLowerCase();
  if (GROUPS.has(name) && second !== '') return { name: `${name} ${second.toLowerCase()}`, args: rest };
  return { name, args: words.slice(1) };
}

export function verdictOn(words: readonly string[]): Verdict {
  const { name, args } = readCommand(words);
  const [group = ''] = name.split(' ');
  const why = REFUSED.get(name) ?? REFUSED.get(group);
  if (why !== undefined) return { kind: 'refused', why: `${name.toUpperCase()} ${why}` };
  const setting =
    name === 'config set' ? args.find((arg, index) => index % 2 === 0 && REFUSED_SETTINGS.test(arg)) : undefined;
  if (setting !== undefined)
    return {
      kind: 'refused',
      why: `${setting} holds a secret or names a file, and is set where the server is configured`,
    };
  const risk = ACTS.get(name);
  if (risk !== undefined) return { kind: 'acts', risk };
  return { kind: READS.has(name) ? 'reads' : 'unlisted' };
}

/** What a plan counts the command for. One of which nothing is known counts as a write, unless its author vouches for it. */
export function riskOf(words: readonly string[], writes: boolean | undefined): number {
  const verdict = verdictOn(words);
  if (verdict.kind === 'refused') return 0.9;
  if (verdict.kind === 'acts') return verdict.risk;
  return writes === true || (writes === undefined && verdict.kind === 'unlisted') ? 0.3 : 0.05;
}
