import pg from 'pg';

/**
 * Tells of the end of each recovery at the moment of its commit. Reviver knows nothing of it: a trigger of the bench
 * listens to its table.
 */
export async function followEnds(databaseUrl, onEnd) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of TRIGGER) await client.query(statement);
  client.on('notification', ({ payload }) => {
    const [id, state] = payload.split(' ');
    onEnd(Number(id), state === 'SUCCEEDED' ? undefined : `it ended ${state}`);
  });
  await client.query('LISTEN bench_ended');
  return () => client.end();
}

const TRIGGER = [
  `CREATE OR REPLACE FUNCTION bench_ended() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_notify('bench_ended', NEW.id || ' ' || NEW.state); RETURN NULL; END $$`,
  `CREATE OR REPLACE TRIGGER bench_ended AFTER UPDATE ON recoveries FOR EACH ROW
     WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION bench_ended()`,
];
