import type { Engine, Started } from '../engine.js';
import type { Principal } from '../model/person.js';
import { type Origin, type Recovery, recoveryName } from '../model/recovery.js';
import { recoveryFacts } from './recovery-facts.js';
import type { Span, Tracing } from './tracing.js';

/**
 * The engine, with a span for each command that starts a recovery or does something to it. The one that starts it is stored
 * with the recovery: all that happens to it later belongs to that trace, in whichever process.
 * @param find a recovery as it is stored
 */
export function tracedEngine(
  engine: Engine,
  tracing: Tracing,
  find: (id: number) => Promise<Recovery | undefined>,
): Engine {
  return {
    ...engine,
    recover: (request, who, origin) =>
      begun('recover', who, origin, request.service, (from) => engine.recover(request, who, from)),
    execute: (request, who, origin) =>
      begun('execute', who, origin, request.service, (from) => engine.execute(request, who, from)),
    decide: (id, verdict, who, seen) => about(id, verdict, who, () => engine.decide(id, verdict, who, seen)),
    act: (id, verb, who, said) => about(id, verb, who, () => engine.act(id, verb, who, said)),
  };

  function begun(
    command: string,
    who: Principal,
    origin: Origin,
    service: string | undefined,
    start: (origin: Origin) => Promise<Started>,
  ): Promise<Started> {
    const facts = { ...commandFacts(command, who), ...(service === undefined ? {} : { 'reviver.service': service }) };
    return tracing.within({ name: command, kind: 'command', facts }, async (span: Span) => {
      const started = await start({ ...origin, traceparent: span.traceparent });
      span.add({ ...recoveryFacts(started.snapshot.recovery), 'reviver.created': started.created });
      return started;
    });
  }

  async function about<T>(id: number, command: string, who: Principal, work: () => Promise<T>): Promise<T> {
    // A store that is away is told by the command itself.
    const recovery = await find(id).catch(() => undefined);
    const parent = recovery?.origin.traceparent;
    return tracing.within(
      {
        name: command,
        kind: 'command',
        facts: {
          ...commandFacts(command, who),
          ...(recovery ? recoveryFacts(recovery) : { 'reviver.recovery.id': recoveryName(id) }),
        },
        ...(parent === undefined ? {} : { parent }),
      },
      work,
    );
  }
}

function commandFacts(command: string, who: Principal) {
  return { 'reviver.command': command, 'reviver.principal': who.name, 'reviver.via': who.via };
}
