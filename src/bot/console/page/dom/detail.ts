import type { Detail } from '../view/intent.js';

/** What an event tells beside who it happened to. */
export function detailOf(event: Event): Detail {
  const target = event.target;
  const field = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target : undefined;
  const key = event instanceof KeyboardEvent ? event : undefined;
  return {
    value: field?.value ?? '',
    checked: field instanceof HTMLInputElement && field.checked,
    caret: caretOf(field),
    // While a word is being composed, keys belong to the composing.
    key: key?.isComposing ? '' : (key?.key ?? ''),
    shift: key?.shiftKey ?? false,
    fields: target instanceof HTMLFormElement ? fieldsOf(target) : {},
  };
}

function caretOf(field: HTMLInputElement | HTMLSelectElement | undefined): number {
  if (!(field instanceof HTMLInputElement)) return 0;
  return field.selectionStart ?? field.value.length;
}

function fieldsOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
