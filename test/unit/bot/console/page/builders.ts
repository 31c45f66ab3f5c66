import type { Catalog } from '../../../../../src/bot/console/page/model/catalog.js';
import { entered } from '../../../../../src/bot/console/page/model/go.js';
import type { Card, Message } from '../../../../../src/bot/console/page/model/message.js';
import { type Change, initialState, type State } from '../../../../../src/bot/console/page/model/state.js';
import type { ViewNode } from '../../../../../src/bot/console/page/view/node.js';

export const NOW = Date.parse('2026-11-22T04:15:00Z');

export function aCard(parts: Partial<Card> = {}): Card {
  return { tone: 'neutral', title: 'a card', lines: [], steps: [], footer: [], buttons: [], ...parts };
}

export function aMessage(id: string, version: number, parts: Partial<Message> = {}): Message {
  return {
    id,
    channel: 'incidents',
    thread: null,
    author: 'Reviver',
    card: aCard(),
    version,
    createdAt: NOW - 60_000,
    editedAt: null,
    ...parts,
  };
}

export const CATALOG: Catalog = {
  commands: [
    {
      name: 'recover',
      usage: '/recover <service|runbook>',
      summary: 'starts a recovery',
      takes: ['service', 'runbook'],
      options: [
        { name: 'strategy', value: true },
        { name: 'runbook', value: true },
        { name: 'priority', value: true },
        { name: 'dry-run', value: false },
      ],
      params: true,
    },
    {
      name: 'status',
      usage: '/recover status [R-n|I-n|service]',
      summary: 'what runs',
      takes: ['recovery', 'incident', 'service'],
      options: [],
      params: false,
    },
    {
      name: 'approve',
      usage: '/recover approve <R-n>',
      summary: 'says yes',
      takes: ['recovery'],
      options: [{ name: 'reason', value: true }],
      params: false,
    },
    { name: 'help', usage: '/recover help', summary: 'this list', takes: ['command'], options: [], params: false },
  ],
  services: [
    { name: 'redis', runbooks: ['redis_outage'], strategies: ['restart', 'recreate'] },
    { name: 'shop web', runbooks: [], strategies: ['restart'] },
  ],
  parameters: {
    redis_outage: [
      { name: 'backup', type: 'string', default: 'redis_backup' },
      { name: 'keys', type: 'number' },
    ],
  },
  recoveries: [{ name: 'R-41', service: 'redis', state: 'AWAITING_APPROVAL' }],
};

/** Ann in her channels, after these changes. */
export function stateAfter(...changes: Change[]): State {
  const channels = [
    { name: 'incidents', language: 'en' as const },
    { name: 'ops', language: 'ru' as const },
  ];
  const signedIn = entered({ name: 'Ann', roles: ['responder'] }, channels)(initialState('en', NOW));
  return changes.reduce((state, change) => change(state), { ...signedIn, catalog: CATALOG });
}

/** All elements of a view, from the outside in. */
export function elements(nodes: readonly (ViewNode | string)[]): ViewNode[] {
  return nodes.flatMap((node) => (typeof node === 'string' ? [] : [node, ...elements(node.children)]));
}

export function textOf(node: ViewNode | string | undefined): string {
  if (node === undefined) return '';
  return typeof node === 'string' ? node : node.children.map(textOf).join('');
}
