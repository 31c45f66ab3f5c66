import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit: entries chained by hash, in partitions that are stretches of the chain, and signed anchors. It has a schema
 * of its own, since whoever owns a schema may drop what is in it: so it can be given to an owner that is not Reviver.
 */
export class Audit1764000032000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER events_stay ON events');
    await runner.query('DROP SCHEMA audit CASCADE');
  }
}

const UP = [
  `CREATE SCHEMA audit`,
  `CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      RAISE EXCEPTION USING ERRCODE = 'RV002',
        MESSAGE = format('%s of %I.%I is refused: what was recorded stays as it is', lower(TG_OP), TG_TABLE_SCHEMA, TG_TABLE_NAME);
    END $$`,
  // A partition is a stretch of the chain because sealed_at never goes back from one entry to the next.
  `CREATE TABLE audit.entries (
    seq          bigint NOT NULL,
    sealed_at    timestamptz NOT NULL,
    event_id     bigint NOT NULL,
    xid          xid8 NOT NULL,
    at           timestamptz NOT NULL,
    who          text NOT NULL,
    what         text NOT NULL,
    recovery_id  integer,
    via          text,
    place        text,
    why          text,
    digest       text,
    constitution text,
    data         jsonb NOT NULL,
    previous     text NOT NULL,
    hash         text NOT NULL,
    PRIMARY KEY (seq, sealed_at)
  ) PARTITION BY RANGE (sealed_at)`,
  `CREATE INDEX entries_by_event ON audit.entries (event_id)`,
  `CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON audit.entries FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()`,
  `CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON audit.entries EXECUTE FUNCTION audit.refuse_change()`,
  // "key" is the fingerprint of the public key. "at" is text, exactly as it was signed.
  `CREATE TABLE audit.anchors (
    seq       bigint NOT NULL,
    hash      text NOT NULL,
    at        text NOT NULL,
    signature text NOT NULL,
    key       text NOT NULL,
    PRIMARY KEY (seq, hash, signature)
  )`,
  `CREATE TRIGGER anchors_stay BEFORE UPDATE OR DELETE ON audit.anchors FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()`,
  `CREATE TRIGGER anchors_are_not_emptied BEFORE TRUNCATE ON audit.anchors EXECUTE FUNCTION audit.refuse_change()`,
  // An event may be rewritten by nobody in the second before it is sealed, either. Partitions are dropped whole.
  `CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()`,
  // Months of UTC. These two functions are all that Reviver may do to partitions where another role owns them.
  `CREATE FUNCTION audit.open_month(moment timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      first timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
      child text := 'entries_' || to_char(first, 'YYYY_MM');
    BEGIN
      IF to_regclass('audit.' || child) IS NOT NULL THEN RETURN; END IF;
      EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.entries FOR VALUES FROM (%L) TO (%L)',
        child, first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
      EXECUTE format('CREATE TRIGGER entries_are_not_emptied BEFORE TRUNCATE ON audit.%I EXECUTE FUNCTION audit.refuse_change()', child);
    END $$`,
  // Whether the anchor's signature is right is checked by "reviver audit verify": Postgres cannot.
  `CREATE FUNCTION audit.drop_month(child text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      ending record;
      before record;
    BEGIN
      IF child !~ '^entries_[0-9]{4}_[0-9]{2}$' OR NOT EXISTS (
          SELECT FROM pg_inherits WHERE inhparent = 'audit.entries'::regclass AND inhrelid = to_regclass('audit.' || child)) THEN
        RAISE EXCEPTION USING ERRCODE = 'RV002', MESSAGE = format('%s is no partition of the audit', child);
      END IF;
      IF to_timestamp(right(child, 7), 'YYYY_MM') AT TIME ZONE 'UTC' > now() AT TIME ZONE 'UTC' - interval '32 days' THEN
        RAISE EXCEPTION USING ERRCODE = 'RV002', MESSAGE = format('%s is too young to be dropped', child);
      END IF;
      SELECT c.relname AS name INTO before FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit.entries'::regclass AND c.relname < child LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RV002', MESSAGE = format('%s is older than %s: drop that first', before.name, child);
      END IF;
      EXECUTE format('SELECT seq, hash FROM audit.%I ORDER BY seq DESC LIMIT 1', child) INTO ending;
      IF ending.seq IS NOT NULL
        AND NOT EXISTS (SELECT FROM audit.anchors a WHERE a.seq = ending.seq AND a.hash = ending.hash) THEN
        RAISE EXCEPTION USING ERRCODE = 'RV002', MESSAGE = format('%s has no signed anchor at its end, entry %s', child, ending.seq);
      END IF;
      EXECUTE format('DROP TABLE audit.%I', child);
    END $$`,
  `REVOKE ALL ON FUNCTION audit.open_month, audit.drop_month FROM PUBLIC`,
];
