import type { Card } from '../../../../src/bot/port.js';

/** Cards as the storyboard has them: what a platform is given, apart from how they are made. */
export const CARDS: Readonly<Record<string, Card>> = {
  alert: {
    tone: 'firing',
    title: 'RedisDown · redis · firing for 8 s · critical · 3 alerts',
    lines: [
      'redis does not answer PING (3 of 3 checks, connection refused). shop-web depends on it.',
      'Remedy: redis_outage — stop, restore the backup of 04:15, start, verify. Risk 0.4.',
      'Why: worked 9 of 10 times for redis, median 12 s, last R-33 yesterday.',
    ],
    buttons: [
      { label: 'Recover', command: 'redis', style: 'primary' },
      { label: 'Details', command: 'plan redis' },
      { label: 'Acknowledge', command: 'ack I-3' },
    ],
  },
  approval: {
    tone: 'waiting',
    title: 'R-41 · redis · waiting for approval (1 of 1) · Ann',
    lines: ['redis_outage — worked 9 of 10 times, median 12 s · risk 0.4: restores data, shop-web depends on it'],
    steps: [
      { number: 1, icon: 'pending', text: 'Stop redis' },
      { number: 2, icon: 'gate', text: 'Restore backup redis_backup of 04:15', note: 'needs approval' },
      { number: 3, icon: 'pending', text: 'Start redis' },
    ],
    footer: ['If it fails: steps are undone in reverse.', 'plan 7f3a·91c2 · expires in 14 min'],
    buttons: [
      { label: 'Approve', command: 'approve R-41 7f3a91c2', style: 'primary' },
      { label: 'Reject', command: 'reject R-41 7f3a91c2', style: 'danger' },
      { label: 'Details', command: 'status R-41' },
      { label: 'Cancel', command: 'cancel R-41', style: 'danger', confirm: 'Stop R-41 on redis?' },
    ],
  },
  running: {
    tone: 'running',
    title: 'R-41 · redis · step 3 of 4 · 6.1 s · Ann, approved by Lee',
    lines: [],
    steps: [
      { number: 1, icon: 'done', text: 'Stop redis', note: '0.4 s' },
      { number: 2, icon: 'done', text: 'Restore backup redis_backup', note: '4.9 s, 1,204 keys' },
      { number: 3, icon: 'running', text: 'Start redis', note: '0.8 s' },
      { icon: 'undone', text: 'Undo: Start redis' },
    ],
    buttons: [{ label: 'Cancel', command: 'cancel R-41' }],
  },
  recovered: {
    tone: 'good',
    title: 'R-41 · redis recovered in 11.8 s (8.2 s without waiting for people) · Ann, approved by Lee',
    lines: ['PING answers, 1,204 keys'],
    buttons: [],
  },
  escaped: {
    tone: 'dry_run',
    title: 'DRY RUN · <redis> & "friends"',
    author: '<Ann>',
    lines: ['<!channel> *bold* _it_ [x](y) &amp;'],
    buttons: [{ label: 'Recover', command: 'redis --reason "a < b"' }],
  },
};
