const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const MARK = '…';

/** At most `max` units of UTF-16, ended by `…` where something is missing; never through the middle of a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  // No more than that can be kept, and a whole log would be long in segmenting.
  const head = text.slice(0, max + 64);
  let kept = '';
  for (const { segment } of SEGMENTER.segment(head)) {
    if (kept.length + segment.length > max - MARK.length) break;
    kept += segment;
  }
  // One character with thousands of accents.
  return `${kept === '' ? wholePoints(head, max - MARK.length) : kept}${MARK}`;
}

function wholePoints(text: string, max: number): string {
  let kept = '';
  for (const point of text) {
    if (kept.length + point.length > max) break;
    kept += point;
  }
  return kept;
}
