import { describe, expect, test } from '@jest/globals';
import { canBeTyped, lineOf } from '../../../../src/app/cli/break-glass/line.js';
import { SHELL_NAMES } from '../../../../src/app/cli/break-glass/names.js';
import { explainCommand } from '../../../../src/app/cli/break-glass/run.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import { tokenise } from '../../../../src/bot/commands/tokenise.js';

/** The command line has something else under these names. */
const TAKEN = ['help', 'doctor', 'backup', 'drill', 'postmortem'];

describe('commands of chat at a shell', () => {
  test('are all of them, but those whose names are taken', () => {
    expect(SHELL_NAMES).toEqual(COMMANDS.map(({ name }) => name).filter((name) => !TAKEN.includes(name)));
  });

  test('mean what was typed, whatever the shell has made of the quotes', () => {
    const words = ['redis', '--reason', 'it says "no" \\ twice', 'file=a b'];
    expect(tokenise(lineOf('recover', words))).toEqual(['recover', ...words]);
    expect(lineOf('note', ['R-1', 'the', 'disk was full'])).toBe('note R-1 the disk was full');
  });

  test('tell how they are used', () => {
    let said = '';
    explainCommand('approve', { write: (text) => (said += text) });
    expect(said).toMatch(/^reviver approve <R-n> .*\[--wait\]\n/);
    explainCommand('recover', { write: (text) => (said = text) });
    expect(said).toMatch(/^reviver recover <service\|runbook> /);
  });

  test('are the only buttons of a card that are offered', () => {
    expect(canBeTyped('approve R-1 12345678')).toBe(true);
    expect(canBeTyped('form redis')).toBe(false);
  });
});
