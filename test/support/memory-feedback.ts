import type { Engine, RecoveryView } from '../../src/engine/engine.js';
import type { Ended } from '../../src/engine/history/history.js';
import { NotFound } from '../../src/engine/model/errors.js';
import { isTerminal, recoveryName } from '../../src/engine/model/recovery.js';

type Opinions = Pick<Engine, 'rate' | 'addNote' | 'removeNote' | 'history'>;

/** Votes, notes and history of recoveries that are kept in memory; `save` takes a view with what was said of it. */
export function memoryFeedback(parts: {
  view(id: number): Promise<RecoveryView>;
  all(): readonly RecoveryView[];
  save(view: RecoveryView): void;
}): Opinions {
  const say = async (id: number, change: (of: RecoveryView['feedback']) => Partial<RecoveryView['feedback']>) => {
    const view = await parts.view(id);
    const said = { ...view, feedback: { ...view.feedback, ...change(view.feedback) } };
    parts.save(said);
    return said;
  };
  return {
    async rate(id, helped, { name, via }) {
      const before = (await parts.view(id)).feedback.ratings.find(({ person }) => person === name);
      const view = await say(id, ({ ratings }) => ({
        ratings: [...ratings.filter(({ person }) => person !== name), { person: name, helped, via, at: new Date() }],
      }));
      return { view, ...(before ? { before: { helped: before.helped, agoMs: Date.now() - +before.at } } : {}) };
    },
    async addNote(id, text, { name, via }) {
      const { notes } = (await parts.view(id)).feedback;
      const note = { number: notes.length + 1, author: name, text, via, at: new Date() };
      return { note, view: await say(id, () => ({ notes: [...notes, note] })) };
    },
    async removeNote(id, number) {
      const { notes } = (await parts.view(id)).feedback;
      if (!notes.some((note) => note.number === number)) throw new NotFound('note', `${recoveryName(id)}/${number}`);
      return say(id, () => ({ notes: notes.filter((note) => note.number !== number) }));
    },
    async history({ service, before = Number.POSITIVE_INFINITY, limit }) {
      const ended = parts
        .all()
        .filter(({ recovery }) => isTerminal(recovery.state) && recovery.id < before)
        .filter(({ recovery }) => service === undefined || recovery.service === service)
        .sort((a, b) => b.recovery.id - a.recovery.id);
      return { items: ended.slice(0, limit).map(toEnded), records: [], disasters: [] };
    },
  };
}

/** The line of the history that a store would give of it. */
export function toEnded({ recovery, feedback }: RecoveryView): Ended {
  const { id, service, plan, state, outcome, unverified, requestedBy, createdAt, endedAt, activeMs } = recovery;
  const { ratings, notes } = feedback;
  const helped = ratings.filter((rating) => rating.helped).length;
  return {
    id,
    service,
    kind: plan.kind,
    plan: plan.name,
    state,
    code: outcome?.code ?? null,
    unverified,
    requestedBy,
    createdAt,
    endedAt: endedAt ?? createdAt,
    activeMs,
    helped,
    didNotHelp: ratings.length - helped,
    notes: notes.length,
  };
}
