import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BEGINNING, linkHash, type SealedFact, seal } from '../../../../src/engine/audit/chain.js';
import { type Break, verifyChain } from '../../../../src/engine/audit/verify-chain.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';

const facts = fc.array(
  fc.record({ who: fc.string(), what: fc.string(), data: fc.dictionary(fc.string(), fc.string()) }),
  { minLength: 3, maxLength: 20 },
);
/** A chain of at least three links, and one of them that is not the last. */
const chainAndPlace = facts.chain((some) =>
  fc.record({ links: fc.constant(seal(some, BEGINNING)), place: fc.integer({ min: 0, max: some.length - 2 }) }),
);

function finds(change: (links: SealedFact[], place: number) => SealedFact[], how: Break, offset = 1): Promise<void> {
  return fc.assert(
    fc.asyncProperty(chainAndPlace, async ({ links, place }) => {
      expect(await verifyChain(change(links, place), BEGINNING)).toEqual({ intact: false, seq: place + offset, how });
    }),
  );
}

describe('a chain', () => {
  test('is intact in however many batches it was sealed, and from any link on', () =>
    fc.assert(
      fc.asyncProperty(chainAndPlace, async ({ links, place }) => {
        const all: JsonObject[] = links.map(({ fact }) => fact);
        const first = seal(all.slice(0, place), BEGINNING);
        const rest = seal(all.slice(place), first.at(-1) ?? BEGINNING);
        expect([...first, ...rest]).toEqual(links);
        expect(await verifyChain(rest, first.at(-1) ?? BEGINNING)).toMatchObject({
          intact: true,
          end: { seq: links.length },
        });
      }),
    ));

  test('that is empty is intact', async () => {
    expect(await verifyChain([], BEGINNING)).toEqual({ intact: true, end: BEGINNING });
  });
});

describe('the first broken link is named where', () => {
  test('any word of a row was edited', () =>
    finds(
      (links, place) => changed(links, place, (link) => ({ ...link, fact: { ...link.fact, who: 'x'.repeat(30) } })),
      'edited',
    ));

  test('a column was added to a row', () =>
    finds((links, place) => changed(links, place, (link) => ({ ...link, fact: { ...link.fact, more: 1 } })), 'edited'));

  test('a row was removed', () => finds((links, place) => links.toSpliced(place, 1), 'missing'));

  test('two rows stand in each other’s place', () => finds((links, place) => swapped(links, place), 'out_of_order'));

  test('a row was put in with a hash of its own', () =>
    finds((links, place) => links.toSpliced(place + 1, 0, forged(links, place)), 'inserted', 1));

  test('a row was edited and hashed anew: the next one does not follow it', () =>
    finds(
      (links, place) =>
        changed(links, place, (link) => {
          const other = { ...link, fact: { ...link.fact, more: 1 } };
          return { ...other, hash: linkHash(other) };
        }),
      'rewritten',
      2,
    ));
});

describe('an end known from elsewhere finds', () => {
  test('links that were cut off', async () => {
    const links = seal([{ n: 1 }, { n: 2 }, { n: 3 }], BEGINNING);
    expect(await verifyChain(links.slice(0, 1), BEGINNING, links.slice(2, 3))).toEqual({
      intact: false,
      seq: 2,
      how: 'missing',
    });
    expect(await verifyChain(links.slice(0, 1), BEGINNING)).toMatchObject({ intact: true });
  });

  test('a chain that was hashed anew as a whole', async () => {
    const known = seal([{ n: 1 }, { n: 2 }, { n: 3 }], BEGINNING)[2];
    const anew = seal([{ n: 1 }, { n: 4 }, { n: 3 }], BEGINNING);
    expect(await verifyChain(anew, BEGINNING, known ? [known] : [])).toEqual({
      intact: false,
      seq: 3,
      how: 'rewritten',
    });
    expect(await verifyChain(anew, BEGINNING)).toMatchObject({ intact: true });
  });
});

function changed(links: SealedFact[], place: number, how: (link: SealedFact) => SealedFact): SealedFact[] {
  return links.map((link, index) => (index === place ? how(link) : link));
}

function swapped(links: SealedFact[], place: number): SealedFact[] {
  return [...links.slice(0, place), ...links.slice(place, place + 2).reverse(), ...links.slice(place + 2)];
}

/** A second row at the same place, which follows nothing. */
function forged(links: SealedFact[], place: number): SealedFact {
  return (
    seal([{ who: 'nobody' }], { seq: place, hash: links[place]?.hash ?? '' })[0] ?? {
      ...BEGINNING,
      previous: '',
      fact: {},
    }
  );
}
