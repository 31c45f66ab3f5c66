import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Service } from '../../../../src/engine/model/service.js';
import { claimOrder } from '../../../../src/engine/use-cases/claim-order.js';
import { aService } from '../../../support/builders.js';

const SERVICES = [
  aService('web', { dependsOn: ['redis', 'postgres'] }),
  aService('postgres'),
  aService('redis'),
  aService('admin', { dependsOn: ['web'] }),
];

test('dependencies come first, also where the name would come later', () => {
  expect(claimOrder(['admin', 'web', 'redis', 'postgres'], SERVICES)).toEqual(['postgres', 'redis', 'web', 'admin']);
});

test('only what was asked for is claimed, each once', () => {
  expect(claimOrder(['web', 'redis', 'web'], SERVICES)).toEqual(['redis', 'web']);
});

test('a service that the configuration does not know is claimed too', () => {
  expect(claimOrder(['redis', 'elsewhere'], SERVICES)).toEqual(['redis', 'elsewhere']);
});

describe('for any services', () => {
  const NAMES = [...'abcdefgh'];
  /** Dependencies point to earlier ones of a random order, so that there is no cycle. */
  const services = fc
    .tuple(
      fc.shuffledSubarray(NAMES, { minLength: NAMES.length }),
      fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: NAMES.length, maxLength: NAMES.length }),
    )
    .map(([order, picks]): Service[] =>
      order.map((name, index) => {
        const dependsOn = index === 0 ? [] : (picks[index] ?? []).flatMap((pick) => order[pick % index] ?? []);
        return aService(name, { dependsOn: [...new Set(dependsOn)] });
      }),
    );
  const wanted = fc.subarray([...NAMES, 'x', 'y'], { minLength: 1 });

  test('any two callers claim what they share in the same order, so that none waits for the other in a circle', () => {
    fc.assert(
      fc.property(services, wanted, wanted, fc.nat(), (all, one, other, turn) => {
        const shared = (names: string[], by: string[]) =>
          claimOrder(names, by === one ? all : rotated(all, turn)).filter(
            (name) => one.includes(name) && other.includes(name),
          );
        expect(shared(one, one)).toEqual(shared([...other].reverse(), other));
      }),
    );
  });

  test('a dependency is claimed before what depends on it', () => {
    fc.assert(
      fc.property(services, wanted, (all, names) => {
        const order = claimOrder(names, all);
        expect([...order].sort()).toEqual([...names].sort());
        for (const { name, dependsOn } of all)
          for (const dependency of dependsOn)
            if (order.includes(name) && order.includes(dependency))
              expect(order.indexOf(dependency)).toBeLessThan(order.indexOf(name));
      }),
    );
  });
});

function rotated<T>(items: T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
