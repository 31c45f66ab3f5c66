import type { KeptAnswer, KeptAnswers } from '../../src/engine/model/kept-answers.js';

/** For one process, and for its life. */
export function answersInMemory(): KeptAnswers {
  const kept = new Map<string, { request: string; answer?: KeptAnswer }>();
  const at = (owner: string, key: string) => JSON.stringify([owner, key]);
  return {
    async begin(owner, key, request) {
      const found = kept.get(at(owner, key));
      if (!found) {
        kept.set(at(owner, key), { request });
        return { kind: 'begun' };
      }
      const { answer } = found;
      return answer ? { kind: 'done', request: found.request, answer } : { kind: 'running', request: found.request };
    },
    async keep(owner, key, answer) {
      const found = kept.get(at(owner, key));
      if (found) found.answer = answer;
    },
    async drop(owner, key) {
      if (!kept.get(at(owner, key))?.answer) kept.delete(at(owner, key));
    },
  };
}
