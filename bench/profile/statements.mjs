import pg from 'pg';

/** The costliest statements of a database, by time; empty where the server does not keep count. */
export async function statements(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const { rows } = await client.query(
      `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS query, calls::int, total_exec_time AS ms, mean_exec_time AS mean_ms,
         rows::int, wal_bytes::float8 AS wal_bytes
       FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       ORDER BY total_exec_time DESC LIMIT 12`,
    );
    return rows;
  } catch {
    return [];
  } finally {
    await client.end();
  }
}

/** Forgets what came before. */
export async function resetStatements(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await client.query('SELECT pg_stat_statements_reset()');
  } catch {
    // Somebody else's server: its numbers are its own.
  } finally {
    await client.end();
  }
}
