import pg from 'pg';

/**
 * Tells of the end of each recovery, or that it waits for a person, at the moment of its commit. Reviver knows nothing of it: a trigger of the bench
 * listens to its table.
 */
export async function followEnds(databaseUrl, onEnd) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of TRIGGER) await client.query(statement);
  client.on('notification', ({ payload }) => {
    const [id, state] = payload.split(' ');
    onEnd(Number(id), state === 'SUCCEEDED' ? undefined : `it is ${state}`);
  });
  await client.query('LISTEN bench_ended');
  return () => client.end();
}

const TRIGGER = [
  `CREATE OR REPLACE FUNCTION bench_ended() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_notify('bench_ended', NEW.id || ' ' || NEW.state); RETURN NULL; END $$`,
  `CREATE OR REPLACE TRIGGER bench_ended AFTER UPDATE ON recoveries FOR EACH ROW
     WHEN (NEW.state <> OLD.state AND (NEW.ended_at IS NOT NULL OR NEW.state = 'AWAITING_MANUAL')) EXECUTE FUNCTION bench_ended()`,
];
