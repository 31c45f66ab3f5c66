import { expect, test } from '@jest/globals';
import { type Call, createMentions } from '../../../../src/bot/live/mentions.js';
import type { Person } from '../../../../src/engine/model/person.js';

const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['responder'], ids: { slack: 'UANN', telegram: '101' } },
  { name: 'Lee', roles: ['approver', 'responder'], ids: { slack: 'ULEE', telegram: '102' } },
  { name: 'Max', roles: ['approver'], ids: { slack: 'UMAX' } },
];
const GROUPS = [{ platform: 'slack', group: 'SSRE', roles: ['responder' as const] }];
const call = (who: Call, platform: string) => createMentions(() => PEOPLE, GROUPS)(who, platform).map(({ id }) => id);

test.each<[string, Call, string, string[]]>([
  ['people by name', { role: 'approver', people: ['Lee', 'Max'] }, 'slack', ['ULEE', 'UMAX']],
  ['of them those who are on the platform', { role: 'approver', people: ['Lee', 'Max'] }, 'telegram', ['102']],
  ['nobody where none of them is', { role: 'approver', people: ['Max'] }, 'telegram', []],
  ['a group instead of people', { role: 'responder', people: ['Lee'] }, 'slack', ['SSRE']],
  ['whoever asked beside the group', { role: 'responder', people: ['Lee'], asker: 'Ann' }, 'slack', ['UANN', 'SSRE']],
  ['whoever asked and who approved', { role: 'responder', people: ['Lee'], asker: 'Ann' }, 'telegram', ['101', '102']],
  ['nobody twice', { role: 'approver', people: ['Lee', 'Max'], asker: 'Lee' }, 'slack', ['ULEE', 'UMAX']],
  [
    'all who have the role when a program asked and nobody else is known',
    { role: 'responder', people: [], asker: 'token:ci' },
    'telegram',
    ['101', '102'],
  ],
  ['who is known by a group alone', { role: 'approver', people: [], asker: 'slack:UZOE' }, 'slack', ['UZOE']],
  ['nobody by the id of another platform', { role: 'lead', people: [], asker: 'slack:UZOE' }, 'telegram', []],
])('called are %s', (_, who, platform, ids) => expect(call(who, platform)).toEqual(ids));
