import { describe, expect, test } from '@jest/globals';
import { jestCommand, needsBrowser, needsBuild, needsServices } from '../../../scripts/test/jest-command.mjs';
import { totalsLine } from '../../../scripts/test/totals.mjs';

describe('npm test', () => {
  test('starts services for everything but unit tests', () => {
    expect(needsServices([])).toBe(true);
    expect(needsServices(['--coverage'])).toBe(true);
    expect(needsServices(['unit', 'integration'])).toBe(true);
    expect(needsServices(['unit', '--coverage'])).toBe(false);
    expect(needsServices(['test/unit/config'])).toBe(false);
    expect(needsServices(['test/unit/config', 'test/process'])).toBe(true);
  });

  test('compiles for tests of whole processes', () => {
    expect(needsBuild([])).toBe(true);
    expect(needsBuild(['unit', 'process'])).toBe(true);
    expect(needsBuild(['test/process/crash'])).toBe(true);
    expect(needsBuild(['unit', 'integration'])).toBe(false);
    expect(needsBuild(['test/unit/config'])).toBe(false);
  });

  test('looks for a browser only where one is needed, and compiles for it', () => {
    expect([[], ['browser'], ['test/browser/sign-in']].map(needsBrowser)).toEqual([true, true, true]);
    expect([['unit'], ['process'], ['test/process/crash']].map(needsBrowser)).toEqual([false, false, false]);
    expect(needsBuild(['browser'])).toBe(true);
    expect(needsBuild(['kubernetes'])).toBe(true);
  });

  test('runs all projects at once when nothing is asked for, except the one that needs a cluster', () => {
    const command = jestCommand('/project', []);
    expect(command.slice(command.indexOf('--selectProjects'))).toEqual([
      '--selectProjects',
      ...['unit', 'integration', 'process', 'browser'],
    ]);
    expect(command).not.toContain('--');
  });

  test('passes projects, options and paths to jest', () => {
    const command = jestCommand('/project', ['unit', '--coverage', 'test/unit/config']);
    expect(command.slice(-5)).toEqual(['--coverage', '--selectProjects', 'unit', '--', 'test/unit/config']);
  });

  test('keeps the number of workers that was asked for', () => {
    expect(jestCommand('/project', ['--maxWorkers=1'])).not.toContain('--maxWorkers=100%');
    expect(jestCommand('/project', ['unit'])).toContain('--maxWorkers=100%');
    expect(jestCommand('/project', [])).toContain('--maxWorkers=1');
  });

  test('ends with one line of numbers', () => {
    expect(totalsLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(totalsLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
  });
});
