import { describe, expect, test } from '@jest/globals';
import { declaredIn, declaredOtherwise, factsOf } from '../../../../src/engine/discovery/declared-targets.js';
import type { Declaration } from '../../../../src/engine/model/service.js';
import { aService } from '../../../support/builders.js';

const web: Declaration = { container: 'web', labels: { 'reviver.enable': 'true', 'reviver.criticality': 'high' } };
const target = (declared?: Declaration) => ({
  service: 'web',
  runtime: 'docker',
  status: 'running',
  facts: factsOf(aService('web', declared ? { declared } : {})),
});

describe('a target that a container declares', () => {
  test('is remembered with its labels', () => {
    expect(declaredIn(target(web))).toEqual(web);
    expect(declaredIn(target())).toBeUndefined();
    expect(declaredIn({ facts: { declared: { container: 1 } } })).toBeUndefined();
    expect(factsOf(undefined)).toEqual({});
  });

  test.each([
    ['nothing', web],
    ['its label reviver.criticality', { ...web, labels: { ...web.labels, 'reviver.criticality': 'low' } }],
    ['its label reviver.name', { ...web, labels: { ...web.labels, 'reviver.name': 'web' } }],
    ['its container', { ...web, container: 'other' }],
    ['its place: no container declares it', undefined],
  ])('differs in %s', (what, now) => {
    expect(declaredOtherwise(target(web), target(now)) ?? 'nothing').toBe(what);
  });

  test('differs when it was in the configuration, or is nowhere', () => {
    expect(declaredOtherwise(target(), target(web))).toBe('its place: it was in the configuration');
    expect(declaredOtherwise(target(web), undefined)).toBe('its place: no container declares it');
    expect(declaredOtherwise(target(), target())).toBeUndefined();
  });
});
