import type { CardStep, Tone } from '../port.js';

/** The title says the state in words; the sign is for the eye that skims a channel. */
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
