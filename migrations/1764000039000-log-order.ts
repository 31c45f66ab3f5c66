import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The order of the event log holds beyond the cluster that it began in. Transactions are counted by each cluster for
 * itself, and a restored database may find itself in one that has counted less: then what comes would stand before what
 * was, and who follows the log would hear nothing. `ahead` is added to this cluster's count (see src/store/log-order.ts).
 */
export class LogOrder1764000039000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events ALTER xid SET DEFAULT pg_current_xact_id()');
    await runner.query('DROP FUNCTION log_xid, log_settled');
    await runner.query('DROP TABLE log_order');
  }
}

const UP = [
  `CREATE TABLE log_order (one boolean PRIMARY KEY DEFAULT true CHECK (one), ahead bigint NOT NULL DEFAULT 0)`,
  'INSERT INTO log_order DEFAULT VALUES',
  // With its own search_path: programs that restore a database set none.
  `CREATE FUNCTION log_xid() RETURNS xid8 LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
    BEGIN
      RETURN (SELECT (pg_current_xact_id()::text::bigint + ahead)::text::xid8 FROM log_order);
    END $$`,
  // Whatever stands before it was committed or taken back: nothing is added there any more.
  `CREATE FUNCTION log_settled() RETURNS xid8 LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
    BEGIN
      RETURN (SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ahead)::text::xid8 FROM log_order);
    END $$`,
  'ALTER TABLE events ALTER xid SET DEFAULT log_xid()',
];
