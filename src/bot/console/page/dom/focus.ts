/** Focus follows what opens and closes, and never stays on what is gone. */
export function focusBox(): void {
  const boxes = [...document.querySelectorAll<HTMLElement>('.box')];
  (boxes.find((box) => box.closest('.thread')) ?? boxes[0])?.focus();
}

export function setCaret(place: string, caret: number): void {
  const box = document.getElementById(`box-${place}`);
  if (!(box instanceof HTMLInputElement)) return;
  box.focus();
  box.setSelectionRange(caret, caret);
}

/** What is to be focused first in a place that has just opened. */
export function focusFirst(place: string): void {
  document.querySelector<HTMLElement>(`[data-focus="${place}"]`)?.focus();
}

export function focusMessage(id: string): void {
  messages()
    .find(({ dataset }) => dataset.message === id)
    ?.focus({ preventScroll: true });
}

/** What has the focus may be gone after a change: its message takes the focus, so that nobody begins anew. */
export function keepingFocus(change: () => void): void {
  const message = document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset.message;
  change();
  const lost = document.activeElement === null || document.activeElement === document.body;
  if (lost && message !== undefined) focusMessage(message);
}

/** The next or previous message of the list that has the focus; from elsewhere, the newest. */
export function moveMessage(step: 1 | -1): void {
  const all = messages();
  const current = all.findIndex((message) => message.contains(document.activeElement));
  const next = current < 0 ? all.length - 1 : Math.min(all.length - 1, Math.max(0, current + step));
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: 'nearest' });
}

/** The message that itself has the focus, not one of its buttons. */
export function focusedMessage(): string | undefined {
  const active = document.activeElement;
  return active instanceof HTMLElement ? active.dataset.message : undefined;
}

export function isTyping(): boolean {
  return document.activeElement?.matches('input, select, textarea') ?? false;
}

/** On phones the keyboard would cover what one came to read. */
export function hasKeyboard(): boolean {
  return matchMedia('(hover: hover) and (pointer: fine)').matches;
}

function messages(): HTMLElement[] {
  const aside = document.activeElement?.closest('.thread');
  return [...(aside ?? document).querySelectorAll<HTMLElement>('.messages > .message, .home > .message')];
}
