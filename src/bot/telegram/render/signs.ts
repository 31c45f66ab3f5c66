import type { CardStep, Tone } from '../../port.js';

/** A sign always stands before words that say the same: colour alone never does. */
export const TONE_SIGNS: Readonly<Record<Tone, string>> = {
  firing: '🔴',
  attention: '🟠',
  waiting: '🟡',
  running: '🔵',
  good: '🟢',
  failed: '🔴',
  neutral: '',
  dry_run: '🧪',
};

export const STEP_SIGNS: Readonly<Record<CardStep['icon'], string>> = {
  pending: '○',
  gate: '◆',
  running: '…',
  done: '✓',
  failed: '✗',
  skipped: '–',
  unknown: '?',
  undone: '↩',
  cancelled: '⊘',
};
