/** What can be told of an SQL text without a server. */
export interface Statement {
  /** Its first word, in capitals. */
  kind: string;
  /** Numbers of its placeholders, each once, in order: `$1`, `$3` are 1 and 3. */
  placeholders: number[];
  /** Functions in it whose effect no transaction takes back. */
  lasting: string[];
}

/** Kinds that only read; the server's read-only transaction holds for what is inside them. */
const READS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'EXPLAIN']);

/** Kinds that make no sense as one statement in a transaction of ours. */
const REFUSED = new Set(
  'BEGIN START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE PREPARE EXECUTE DEALLOCATE COPY SET RESET DISCARD DECLARE FETCH MOVE CLOSE LISTEN UNLISTEN LOCK'.split(
    ' ',
  ),
);

/** Kinds whose plan EXPLAIN shows. */
const PLANNED = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Functions that act on the server or outside it, also within a read-only transaction. */
const LASTING =
  /\b(pg_(?:terminate_backend|cancel_backend|reload_conf|rotate_logfile|promote|switch_wal|create_restore_point|backup_start|backup_stop|start_backup|stop_backup|notify|log_backend_memory_contexts|logical_emit_message|wal_replay_(?:pause|resume)|create_\w*replication_slot|drop_replication_slot|copy_\w+_replication_slot|replication_slot_advance|stat_reset\w*|(?:try_)?advisory_\w*lock\w*)|dblink\w*|lo_(?:import|export|unlink|put|from_bytea)|setval|nextval|set_config)(?=\s*\()/g;

/** Why the text cannot be one statement with that many parameters; undefined when it can. */
export function whyNot(text: string, params: number, writes: boolean): string | undefined {
  const code = bare(text);
  if (code === undefined) return 'a statement whose quotes and comments are closed';
  const parts = code.split(';').filter((part) => part.trim() !== '');
  if (parts.length !== 1) return `one statement; this has ${parts.length}`;
  const { kind, placeholders, lasting } = readStatement(text);
  if (REFUSED.has(kind)) return `a statement that reads or changes data, in a transaction of its own; ${kind} is none`;
  if (!writes && !READS.has(kind)) return `a statement that reads (${[...READS].join(', ')}), or writes: true`;
  if (!writes && lasting.length > 0) return `a statement that only reads, or writes: true; ${lasting[0]} has an effect`;
  const missing = placeholders.find((number) => number < 1 || number > params);
  if (missing !== undefined) return `a parameter for each placeholder; $${missing} has none of the ${params} in params`;
  if (placeholders.length < params)
    return `a placeholder for each parameter; ${params} in params, ${placeholders.length} in the statement`;
  return undefined;
}

export function readStatement(text: string): Statement {
  const code = bare(text) ?? '';
  const numbers = new Set([...code.matchAll(/(?<![\w$])\$(\d+)/g)].map(([, digits]) => Number(digits)));
  const lasting = [...code.toLowerCase().matchAll(LASTING)].flatMap(([, name]) => (name ? [name] : []));
  return {
    kind: /^[\s(;]*([A-Za-z]+)/.exec(code)?.[1]?.toUpperCase() ?? '',
    placeholders: [...numbers].sort((a, b) => a - b),
    lasting: [...new Set(lasting)],
  };
}

export function canBePlanned({ kind }: Statement): boolean {
  return PLANNED.has(kind);
}

interface Piece {
  begins: RegExp;
  /** What stays of it, given its whole text. */
  leaves(text: string): string;
}

/** Of what is no code only its place stays. Sources: PostgreSQL manual, 4.1 Lexical Structure. */
const PIECES: readonly Piece[] = [
  { begins: /--[^\n\r]*/y, leaves: () => ' ' },
  { begins: /(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y, leaves: () => "''" },
  { begins: /'(?:[^']|'')*'/y, leaves: () => "''" },
  // The name stays, since it may be a function's; what else is in it could only mislead.
  { begins: /"(?:[^"]|"")*"/y, leaves: (text) => text.replace(/[^\w]/g, '') },
  { begins: /(?<![\w$])(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[\s\S]*?\1/y, leaves: () => "''" },
];

/** The code without comments and the content of strings; undefined where one is not closed. */
function bare(text: string): string | undefined {
  let code = '';
  for (let at = 0; at < text.length; ) {
    const skipped = text.startsWith('/*', at) ? blockComment(text, at) : pieceAt(text, at);
    if (skipped) {
      code += skipped.leaves;
      at = skipped.end;
    } else if (/['"]/.test(text[at] ?? '') || text.startsWith('/*', at)) return undefined;
    else {
      code += text[at];
      at += 1;
    }
  }
  return /(?<![\w$])\$(?:[A-Za-z_]\w*)?\$/.test(code) ? undefined : code;
}

function pieceAt(text: string, at: number): { end: number; leaves: string } | undefined {
  for (const { begins, leaves } of PIECES) {
    begins.lastIndex = at;
    const [found] = begins.exec(text) ?? [];
    if (found !== undefined) return { end: at + found.length, leaves: leaves(found) };
  }
  return undefined;
}

/** They nest. */
function blockComment(text: string, from: number): { end: number; leaves: string } | undefined {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  for (let depth = 0, mark = marks.exec(text); mark; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return { end: marks.lastIndex, leaves: ' ' };
  }
  return undefined;
}
