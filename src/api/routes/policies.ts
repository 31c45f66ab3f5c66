import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { RecoveryConstitutionalError, UserError } from '../../engine/model/errors.js';
import { ROLES } from '../../engine/model/person.js';
import type { RecoveryPolicy } from '../../engine/recovery-policies/recovery-policy.js';
import { type Conditions, matches } from '../conditions.js';
import { policyBody, policyJson, policyTag, toPolicyJson, toRetryPolicy } from '../json/policy.js';
import { NO_INPUT, type Reply, type Route, route } from '../route.js';
import { nameOf } from './fields.js';

const params = z.strictObject({ service: nameOf('a service') });

export function policyRoutes(engine: Engine, constitutionalHash: string): Route[] {
  const answer = (held: RecoveryPolicy): Reply => {
    const body = toPolicyJson(held, constitutionalHash);
    return { status: 200, body, headers: { ETag: policyTag(body) } };
  };
  return [
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/policies/{service}',
      operation: 'getPolicy',
      summary: 'How recoveries of a service are retried',
      access: ROLES,
      params,
      answers: { 200: { description: 'What holds now; `ETag` names it', schema: policyJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params: { service }, conditions: { ifNoneMatch } }) => {
        const found = answer(await engine.recoveryPolicy(service));
        const etag = found.headers?.ETag ?? '';
        if (!ifNoneMatch || !matches(ifNoneMatch, etag)) return found;
        return { status: 304, text: '', type: 'application/json', headers: { ETag: etag } };
      },
    }),
    route({
      ...NO_INPUT,
      method: 'put',
      path: '/policies/{service}',
      operation: 'setPolicy',
      summary: 'Replace it, for recoveries from now on; what is absent gets its default',
      access: ['lead', 'admin'],
      params,
      body: policyBody,
      answers: { 200: { description: 'What holds now', schema: policyJson } },
      errors: ['not_found', 'constitution', 'precondition_failed', 'precondition_required', 'unavailable'],
      handle: async ({ params: { service }, body, who, conditions }) => {
        const { constitutional_hash: hash = constitutionalHash } = body;
        if (hash !== constitutionalHash)
          throw new RecoveryConstitutionalError(
            `The constitutional hash is ${constitutionalHash}, not the one that was sent. Nothing was changed.`,
          );
        const held = await engine.recoveryPolicy(service);
        requireKnown(held, policyTag(toPolicyJson(held, constitutionalHash)), conditions);
        return answer(await engine.setRecoveryPolicy(service, toRetryPolicy(body), who, { expected: held.version }));
      },
    }),
  ];
}

/** Whoever replaces what somebody has set says that they have seen it; `If-Match: *` says that it does not matter. */
function requireKnown({ service, version, by }: RecoveryPolicy, etag: string, conditions: Conditions): void {
  const { ifMatch, ifNoneMatch } = conditions;
  const facts = { service, version, etag };
  if (ifMatch && !matches(ifMatch, etag))
    throw new UserError('precondition_failed', `The policy of ${service} is another one by now; look at it.`, facts);
  if (ifNoneMatch && version > 0)
    throw new UserError('precondition_failed', `${service} has a policy already, set by ${by}.`, facts);
  if (!ifMatch && version > 0)
    throw new UserError(
      'precondition_required',
      `${by} has set the policy of ${service}. Get it, and send its ETag as If-Match, so that nothing is overwritten unseen.`,
      facts,
    );
}
