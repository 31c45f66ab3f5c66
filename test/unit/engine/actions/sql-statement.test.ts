import { describe, expect, test } from '@jest/globals';
import { readStatement, whyNot } from '../../../../src/engine/actions/sql/statement.js';

describe('one SQL statement', () => {
  test.each<[string, number]>([
    ['SELECT 1', 0],
    ['select 1;', 0],
    ['  -- why\n SELECT /* not; /* here */ either */ 1 ; ', 0],
    ["SELECT 'a;b', E'it\\'s; fine', $x$ ; $x$, $$;$$", 0],
    ['SELECT "a;b" FROM t', 0],
    ['SELECT * FROM t WHERE a = $1 AND b = $2 OR a = $1', 2],
    ["SELECT '$1', $1::text -- $2", 1],
    ['(SELECT 1) UNION (SELECT 2)', 0],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 0],
    ['SHOW max_connections', 0],
    ['EXPLAIN SELECT 1', 0],
    ['SELECT a$1b FROM t', 0],
  ])('%s with %i parameters may be read', (text, params) => {
    expect(whyNot(text, params, false)).toBeUndefined();
  });

  test.each<[string, number, boolean, RegExp]>([
    ['SELECT 1; DROP TABLE t', 0, false, /^one statement; this has 2$/],
    ['SELECT 1; DROP TABLE t', 0, true, /^one statement; this has 2$/],
    ["SELECT 'a'';b'; DELETE FROM t", 0, true, /^one statement; this has 2$/],
    ['-- nothing', 0, false, /^one statement; this has 0$/],
    [';', 0, true, /^one statement; this has 0$/],
    ["SELECT 'a", 0, false, /quotes and comments are closed/],
    ['SELECT "a', 0, false, /quotes and comments are closed/],
    ['SELECT $a$ b', 0, false, /quotes and comments are closed/],
    ['SELECT /* /* */ 1', 0, false, /quotes and comments are closed/],
    ['SELECT $1', 0, false, /^a parameter for each placeholder; \$1 has none of the 0 in params$/],
    ['SELECT $1, $3', 2, false, /\$3 has none of the 2/],
    ['SELECT $0', 1, false, /\$0 has none/],
    ['SELECT $1', 2, false, /^a placeholder for each parameter; 2 in params, 1 in the statement$/],
    ["SELECT '$1'", 1, false, /1 in params, 0 in the statement/],
    ['DELETE FROM t', 0, false, /^a statement that reads \(SELECT, .*\), or writes: true$/],
    ['vacuum', 0, false, /or writes: true$/],
    ['SELECT pg_terminate_backend(5)', 0, false, /or writes: true; pg_terminate_backend has an effect$/],
    ['SELECT "pg_cancel_backend" (5)', 0, false, /pg_cancel_backend has an effect$/],
    ['COMMIT', 0, true, /in a transaction of its own; COMMIT is none$/],
    ['copy t FROM PROGRAM $$sh$$', 0, true, /COPY is none$/],
  ])('%s with %i parameters, writes %s, is refused', (text, params, writes, why) => {
    expect(whyNot(text, params, writes)).toMatch(why);
  });

  test('tells its kind and the functions that no rollback undoes', () => {
    expect(readStatement('/* x */ update t SET a = 1')).toEqual({ kind: 'UPDATE', placeholders: [], lasting: [] });
    expect(readStatement("SELECT PG_Terminate_Backend(pid), 'pg_reload_conf()' FROM pg_stat_activity").lasting).toEqual(
      ['pg_terminate_backend'],
    );
  });
});
