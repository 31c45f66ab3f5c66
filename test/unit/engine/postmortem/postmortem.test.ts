import { describe, expect, test } from '@jest/globals';
import { DRILL_STEPS } from '../../../../src/engine/planner/drill.js';
import { toMarkdown } from '../../../../src/engine/postmortem/markdown.js';
import { toPage } from '../../../../src/engine/postmortem/page.js';
import { type PostmortemFacts, postmortem } from '../../../../src/engine/postmortem/postmortem.js';
import { at } from '../../../support/builders.js';
import { recoveryView } from '../../../support/recovery-view.js';

const HOSTILE = '</title><script>alert(1)</script> | **x** `y`\npostgresql://u:hunter2@db/shop';

function facts(over: Partial<PostmortemFacts> = {}): PostmortemFacts {
  const view = recoveryView({
    recovery: { state: 'SUCCEEDED', createdAt: at(600_000), startedAt: at(610_000), endedAt: at(700_000) },
  });
  const steps = view.steps.map((step, n) => ({
    ...step,
    action: n === 1 ? 'restore_backup' : step.action,
    state: 'succeeded' as const,
    startedAt: at(610_000 + n * 10_000),
    endedAt: at(618_000 + n * 10_000),
    result: n === 1 ? { created_at: at(-3_600_000).toISOString() } : null,
  }));
  const event = (kind: string, ms: number, data: object = {}) => ({
    id: ms,
    at: at(ms),
    recoveryId: 12,
    kind,
    actor: 'reviver',
    data: { ...data },
  });
  return {
    view: { ...view, steps },
    events: [event('recovery.created', 600_000), event('step.retry', 620_000, { name: 'Stop redis', error: HOSTILE })],
    incident: { id: 7, title: 'redis is down', detail: 'connection refused', startedAt: at(0), acknowledgedBy: null },
    ...over,
  };
}

describe('a postmortem', () => {
  test('measures from the detection, and what was lost by the age of what was restored', () => {
    const about = postmortem(facts());
    expect(about).toMatchObject({ rtoMs: 700_000, rpoMs: 3_600_000, over: true });
    expect(about.durations).toContainEqual(['from detection to the request', 600_000]);
  });

  test('says what to change, each with its fact', () => {
    const { lessons } = postmortem(facts());
    expect(lessons[0]).toMatch(/^10 min passed between the detection and the request/);
    expect(lessons).toContain('“Stop redis” was tried more than once: look at why its first attempt failed.');
  });

  test('without an incident begins with the request, and says that nothing told of it', () => {
    const { incident: _, ...rest } = facts();
    const about = postmortem(rest);
    expect(about.detectedAt).toEqual(at(600_000));
    expect(about.lessons[0]).toContain('No incident told of it');
  });

  test('tells the end once, after the steps, and what people noted', () => {
    const given = facts();
    const events = [
      ...given.events,
      { ...given.events[0], id: 5, at: at(700_000), kind: 'step.succeeded', data: { name: 'Verify' } },
      { ...given.events[0], id: 6, at: at(700_000), kind: 'recovery.succeeded', data: { reason: '' } },
    ] as PostmortemFacts['events'];
    const notes = [{ number: 1, author: 'Ann', text: 'the disk was full', via: 'console', at: at(900_000) }];
    const view = { ...given.view, feedback: { ratings: [], notes } };
    const told = postmortem({ ...given, events, view }).timeline.map(({ who, what }) => `${who}: ${what}`);
    expect(told.slice(-3)).toEqual([
      'reviver: Verify was done',
      'reviver: ended: SUCCEEDED',
      'Ann: noted: the disk was full',
    ]);
  });

  test('of a drill counts from what was broken on purpose, and asks for no earlier alarm', () => {
    const { incident: _, ...given } = facts();
    const { view } = given;
    const [first, second, ...others] = view.steps;
    if (!first || !second) throw new Error('two steps are needed');
    const steps = [{ ...first, id: DRILL_STEPS.broken }, { ...second, id: DRILL_STEPS.noticed }, ...others];
    const recovery = { ...view.recovery, plan: { ...view.recovery.plan, drill: true as const } };
    const about = postmortem({ ...given, view: { ...view, recovery, steps } });
    expect(about).toMatchObject({ title: 'a drill of redis', rtoMs: 700_000 - 628_000 });
    expect(about.durations).toContainEqual(['until the monitor noticed what was broken on purpose', 10_000]);
    expect(about.lessons.join(' ')).not.toContain('No incident told');
  });

  test('of one that goes on has no RTO, and is as of now', () => {
    const given = facts();
    const recovery = { ...given.view.recovery, state: 'IN_PROGRESS' as const, endedAt: null };
    const about = postmortem({ ...given, view: { ...given.view, recovery } });
    expect(about.rtoMs).toBeUndefined();
    expect(about).toMatchObject({ over: false, endedAt: given.view.at });
  });
});

describe('what people and programs said', () => {
  const hostile = () => {
    const given = facts();
    const steps = given.view.steps.map((step) => ({ ...step, name: HOSTILE }));
    return postmortem({
      ...given,
      view: { ...given.view, steps },
      incident: { id: 1, title: HOSTILE, detail: HOSTILE, startedAt: at(0), acknowledgedBy: null },
    });
  };

  test('cannot become markup of the page', () => {
    const page = toPage(hostile());
    expect(page).not.toContain('<script');
    expect(page.match(/<\/title>/g)).toHaveLength(hostile().stretches.length + 1);
    expect(page).not.toContain('hunter2');
  });

  test('cannot break a table of Markdown', () => {
    const text = toMarkdown(hostile());
    expect(text).not.toContain('<script');
    expect(text).not.toContain('hunter2');
    const rows = text.split('\n').filter((line) => line.startsWith('| 20'));
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
  });
});
