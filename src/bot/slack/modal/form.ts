import { z } from 'zod';
import type { Log } from '../../../engine/ports.js';
import type { Desk, Doubt } from '../../port.js';
import type { Clients } from '../connection/clients.js';
import type { View } from '../intake/payloads.js';
import { codeOf, portError } from '../outbound/refusal.js';
import type { People } from '../people/people.js';
import { WORDS } from '../words.js';
import { createDraw, type DrawnView } from './drawings.js';
import { type Chosen, chosenIn, submitted } from './form-state.js';
import { formView, loadingView, messageView } from './form-view.js';

/** Where a form was opened, and so where its recovery will be shown. */
export interface FormPlace {
  channel: string;
  thread?: string;
}

export interface FormOptions {
  clients: Clients;
  desk: Desk;
  people: People;
  log: Log;
}

export interface Opening extends FormPlace {
  trigger: string;
  user: string;
  /** Already chosen: the service that a message is about. */
  service?: string;
}

/** The form of `/recover` alone. */
export interface Form {
  /** Asks Slack to open it before anything else: a trigger lives for 3 s. False: it could not be opened. */
  open(opening: Opening): Promise<boolean>;
  /** Something was chosen that others depend on. */
  changed(view: View): Promise<void>;
  /** At once, from memory: Slack shows the errors only when they come in time. */
  submit(view: View): ReturnType<typeof submitted> & { place: FormPlace };
}

const opened = z.object({ view: z.object({ id: z.string(), hash: z.string().optional() }) });
const place = z.object({ channel: z.string(), thread: z.string().optional() });
/** These see nothing, not even names of services. */
const SHUT_OUT: ReadonlySet<Doubt> = new Set(['bot', 'external', 'external_channel', 'deactivated', 'anonymous']);
/** The trigger was used before: a repeated delivery, and the form is open. */
const REPEATED = new Set(['exchanged_trigger_id', 'trigger_exchanged']);

export function createForm({ clients, desk, people, log }: FormOptions): Form {
  const wordsFor = (channel: string) => WORDS[desk.language(channel)];

  const draw = createDraw(clients.answers);

  async function fill(at: DrawnView, { channel, thread, user, service }: Opening): Promise<void> {
    const words = wordsFor(channel);
    const kept = JSON.stringify({ channel, thread });
    const standing = await people.standing({ user, origin: { platform: 'slack', channel }, text: '' });
    const view =
      !standing.sound && SHUT_OUT.has(standing.doubt)
        ? messageView(words, kept, words.mayNotLook)
        : formView(desk.choices(), service === undefined ? {} : { service }, words, kept);
    await draw(at, view);
  }

  return {
    async open(opening) {
      const { channel, thread, trigger: trigger_id } = opening;
      const view = loadingView(wordsFor(channel), JSON.stringify({ channel, thread }));
      try {
        const answer = opened.parse(await clients.answers.views.open({ trigger_id, view }));
        await fill(answer.view, opening);
        return true;
      } catch (error) {
        if (REPEATED.has(codeOf(error) ?? '')) return true;
        log('warn', 'slack:form_not_opened', { error: portError(error, 'views.open', channel).message });
        return false;
      }
    },
    async changed(view) {
      const { channel } = placeIn(view);
      const choices = desk.choices();
      const chosen: Chosen = chosenIn(view, choices);
      await draw(view, formView(choices, chosen, wordsFor(channel), view.private_metadata)).catch((error: unknown) =>
        log('info', 'slack:form_not_redrawn', { error: portError(error, 'views.update', channel).message }),
      );
    },
    submit(view) {
      const at = placeIn(view);
      return { ...submitted(view, desk.choices(), wordsFor(at.channel)), place: at };
    },
  };
}

function placeIn(view: View): FormPlace {
  return place.parse(JSON.parse(view.private_metadata));
}
