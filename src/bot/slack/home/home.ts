import type { Log } from '../../../engine/ports.js';
import type { Desk, Doubt, Language } from '../../port.js';
import type { Clients } from '../connection/clients.js';
import { rest } from '../connection/rest.js';
import { portError } from '../outbound/refusal.js';
import type { People } from '../people/people.js';
import { remembered } from '../people/remembered.js';
import type { SlackTuning } from '../settings.js';
import { WORDS } from '../words.js';
import { homeMessage, homeView } from './home-view.js';

/** App Home: drawn when it is opened, and followed for a while, because Slack does not say when it is left. */
export interface Home {
  opened(user: string): Promise<void>;
  over: Promise<void>;
}

export interface HomeOptions {
  clients: Clients;
  desk: Desk;
  people: People;
  tuning: SlackTuning;
  log: Log;
}

const SHUT_OUT: ReadonlySet<Doubt> = new Set(['bot', 'external', 'deactivated', 'anonymous']);
/** views.publish may be called 100 times a minute: who opened it last is followed. */
const MOST_FOLLOWED = 30;
const SAME_MOMENT_MS = 500;

export function createHome({ clients, desk, people, tuning, log }: HomeOptions, signal: AbortSignal): Home {
  /** Until when each is followed, and what they see. */
  const followed = new Map<string, { until: number; shown: string }>();
  const { homeEveryMs, homeFollowedMs } = tuning;
  /** Many look at the same state in the same moment. */
  const cards = remembered((language: Language) => desk.home(language));

  async function draw(user: string): Promise<void> {
    const language = desk.language(user);
    const words = WORDS[language];
    const standing = await people.standing({ user, origin: { platform: 'slack', channel: user }, text: '' });
    const view =
      !standing.sound && SHUT_OUT.has(standing.doubt)
        ? homeMessage(words.mayNotLook)
        : await cards.get(language, SAME_MOMENT_MS).then(
            (cards) => homeView(cards, language),
            () => homeMessage(words.homeFailed),
          );
    const shown = JSON.stringify(view);
    const before = followed.get(user);
    if (!before || before.shown === shown) return;
    before.shown = shown;
    await clients.answers.views.publish({ user_id: user, view }).catch((error: unknown) => {
      before.shown = '';
      throw error;
    });
  }

  const tryToDraw = (user: string) =>
    draw(user).catch((error: unknown) =>
      log('warn', 'slack:home_not_drawn', { error: portError(error, 'views.publish', user).message }),
    );

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      await rest(homeEveryMs, signal);
      for (const [user, { until }] of followed) if (until < performance.now()) followed.delete(user);
      if (!signal.aborted) await Promise.all([...followed.keys()].map(tryToDraw));
    }
  }

  return {
    async opened(user) {
      followed.delete(user);
      if (followed.size >= MOST_FOLLOWED) followed.delete(followed.keys().next().value ?? '');
      followed.set(user, { until: performance.now() + homeFollowedMs, shown: '' });
      await tryToDraw(user);
    },
    over: follow(),
  };
}
