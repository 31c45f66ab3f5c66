import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvRecords } from '../../../../src/app/audit/csv-records.js';
import { CSV_COLUMNS, WRITE } from '../../../../src/app/audit/export-format.js';

const known = fc.option(fc.string({ unit: 'binary' }));
const entries = fc.array(
  fc.record({
    seq: fc.nat(),
    previous: fc.string(),
    hash: fc.string(),
    fact: fc.record({
      sealed_at: fc.string(),
      event_id: fc.string(),
      xid: fc.string(),
      at: fc.string(),
      who: fc.string(),
      what: fc.string(),
      recovery: known,
      via: known,
      place: known,
      why: known,
      digest: known,
      constitution: known,
      data: fc.json(),
    }),
  }),
);

test('whatever an entry says, its CSV is read back as it was, however it is cut into pieces', () =>
  fc.assert(
    fc.asyncProperty(entries, fc.integer({ min: 1, max: 40 }), async (all, size) => {
      const text = WRITE.csv.head + all.map(WRITE.csv.line).join('');
      async function* pieces() {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      }
      const records = [];
      for await (const record of csvRecords(pieces())) records.push(record);
      expect(records[0]).toEqual([...CSV_COLUMNS]);
      const expected = all.map(({ seq, fact, ...link }) => {
        const values = { ...fact, ...link, seq: String(seq) };
        return CSV_COLUMNS.map((column) => values[column]);
      });
      expect(records.slice(1)).toEqual(expected);
    }),
  ));
