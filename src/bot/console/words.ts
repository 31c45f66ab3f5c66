import type { Language } from '../port.js';

/** A button is a request: its card may have changed since it was seen, or be gone. */
export const STALE: Record<Language, { changed: string; gone: string }> = {
  en: {
    changed:
      'The card has changed, and this button is no longer on it. Nothing was done; the card shows what can be done now.',
    gone: 'This message is gone. Nothing was done.',
  },
  ru: {
    changed:
      'Карточка изменилась, этой кнопки на ней больше нет. Ничего не сделано; карточка показывает, что можно сейчас.',
    gone: 'Этого сообщения больше нет. Ничего не сделано.',
  },
};
