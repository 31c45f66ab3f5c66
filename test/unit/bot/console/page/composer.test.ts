import { describe, expect, test } from '@jest/globals';
import {
  choose,
  EMPTY_COMPOSER,
  recall,
  recalls,
  said,
  typed,
} from '../../../../../src/bot/console/page/model/composer.js';

const three = ['a', 'b', 'c'].map((insert) => ({ insert, kind: 'service' as const, note: '' }));
const box = said(said(said(EMPTY_COMPOSER, 'help'), 'status'), 'help');

describe('the command box', () => {
  test('goes around the suggestions, and begins at either end', () => {
    const open = typed(EMPTY_COMPOSER, 'x', 1, three);
    expect(choose(open, 1).chosen).toBe(0);
    expect(choose(open, -1).chosen).toBe(2);
    expect(choose({ ...open, chosen: 2 }, 1).chosen).toBe(0);
    expect(choose(EMPTY_COMPOSER, 1).chosen).toBeUndefined();
  });

  test('is empty after something was said, and remembers it once', () => {
    expect(box).toMatchObject({ text: '', history: ['status', 'help'] });
  });

  test('goes back through what was said and forward to the empty box', () => {
    const back = recall(box, -1);
    expect(back).toMatchObject({ text: 'help', caret: 4 });
    expect(recall(back, -1).text).toBe('status');
    expect(recall(recall(back, -1), -1).text).toBe('status');
    expect(recall(back, 1)).toMatchObject({ text: '', at: undefined });
    expect(recall(EMPTY_COMPOSER, -1)).toBe(EMPTY_COMPOSER);
  });

  test('does not go back over what is being typed', () => {
    expect(recalls(typed(box, 'red', 3, []))).toBe(false);
    expect(recalls(recall(box, -1))).toBe(true);
  });
});
