import { inWords, replaced, wholeReference } from './reference.js';

/** Stands where a secret will: nothing that `URL` changes. */
const PLACE = 'zz-a-secret-zz';

/** The parts of a URL that people may read. What a secret takes the place of is `•••`; a whole one is called by its name. */
export function shownUrl(given: string, parts: (url: URL) => string): string {
  const whole = wholeReference(given);
  if (whole) return inWords(whole);
  const example = replaced(given, () => PLACE);
  return URL.canParse(example) ? parts(new URL(example)).replaceAll(PLACE, '•••') : given;
}
