import type { types } from '@slack/bolt';
import type { Card, Language } from '../../port.js';
import { renderCard } from '../render/render-card.js';
import { WORDS } from '../words.js';

/** Of a Home tab. */
const MOST_BLOCKS = 100;
/** Cards hold up to 5 blocks, and a line between them. */
const MOST_CARDS = 16;

/** Cards one below the other. */
export function homeView(cards: readonly Card[], language: Language): types.HomeView {
  const shown = cards.slice(0, MOST_CARDS).flatMap((card, index) => blocksOf(card, index, language));
  return { type: 'home', blocks: shown.length > 0 ? shown.slice(0, MOST_BLOCKS) : saying(WORDS[language].homeEmpty) };
}

export function homeMessage(text: string): types.HomeView {
  return { type: 'home', blocks: saying(text) };
}

function saying(text: string): types.KnownBlock[] {
  return [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }];
}

/** The ids of elements may repeat in another block only. */
function blocksOf(card: Card, index: number, language: Language): types.KnownBlock[] {
  const { blocks } = renderCard(card, { language });
  return index === 0 ? blocks : [{ type: 'divider' }, ...blocks];
}
