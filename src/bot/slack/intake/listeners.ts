import type { App } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import type { ChatInput, Desk, PlatformMemory } from '../../port.js';
import type { Clients } from '../connection/clients.js';
import type { Identity } from '../connection/identity.js';
import { within } from '../connection/rest.js';
import type { Home } from '../home/home.js';
import type { Form } from '../modal/form.js';
import { FORM } from '../modal/form-view.js';
import { type Channels, messageIn } from '../outbound/channels.js';
import { markIn } from '../outbound/messages.js';
import { messageOf } from '../outbound/post-once.js';
import type { PrivateReplies } from '../outbound/private-replies.js';
import type { People } from '../people/people.js';
import { COMMAND_ACTION } from '../render/buttons.js';
import { WORDS } from '../words.js';
import { type Act, clickAct, commandAct, formAct, idOf, inputOf, mentionAct, type Retry } from './inputs.js';
import * as payloads from './payloads.js';
import { plainText, uncapitalised, withoutCall } from './plain-text.js';

export interface ListenersOptions {
  desk: Desk;
  form: Form;
  home: Home;
  people: People;
  channels: Channels;
  replies: PrivateReplies;
  clients: Clients;
  memory: PlatformMemory;
  identity(): Identity | undefined;
  log: Log;
}

/** In the manifest. */
export const SHORTCUT = 'recover_message';
const ANYTHING = /.*/s;
const LOOK_MS = 500;

/**
 * Everything that people can do. Each listener stores what was done and then answers Slack; what comes of it happens
 * after. There is one listener for each kind, because Bolt runs all that match, and none that answers twice.
 */
export function listen(app: App, options: ListenersOptions): void {
  const { desk, form, home, people, channels, replies } = options;
  const typed = (markup: string) => uncapitalised(plainText(markup), namesOf(desk));

  async function accept(act: Act, clicked?: { actual: string; ts: string }): Promise<ChatInput> {
    const asked = await channels.asked(act.channel, act.input.user);
    const input = inputOf(act, asked, clicked && messageIn(asked, clicked.actual, clicked.ts));
    replies.addressOf(input.id, act.responseUrl);
    await desk.accept(input);
    return input;
  }

  /** The form cannot be opened any more, so its words say what else to do. */
  async function openForm(act: Act, trigger: string, service?: string): Promise<void> {
    const opening = { channel: act.channel, user: act.input.user, trigger, ...(service ? { service } : {}) };
    const thread = act.input.thread;
    if (await form.open({ ...opening, ...(thread === undefined ? {} : { thread }) })) return;
    const asked = await channels.asked(act.channel, act.input.user);
    const input = inputOf(act, asked);
    replies.addressOf(input.id, act.responseUrl);
    const title = WORDS[desk.language(asked)].formFailed;
    await replies.reply(input, { tone: 'attention', title, lines: [], buttons: [] });
  }

  app.command(ANYTHING, async ({ body, ack, context }) => {
    const payload = payloads.slashCommand.parse(body);
    const act = commandAct(payload, typed(payload.text), retryOf(context));
    if (act.input.text !== '') {
      await accept(act);
      return await ack();
    }
    const opening = openForm(act, payload.trigger_id);
    await ack();
    await opening;
  });

  app.action(ANYTHING, async ({ body, ack, context }) => {
    const payload = payloads.blockActions.parse(body);
    const [pressed] = payload.actions;
    const place = payload.channel?.id ?? payload.container?.channel_id;
    const { message, view } = payload;
    if (pressed?.value && pressed.action_id.startsWith(`${COMMAND_ACTION}:`)) {
      const act = clickAct(payload, pressed.value, retryOf(context));
      await accept(act, place && message ? { actual: place, ts: message.ts } : undefined);
    }
    await ack();
    if (view?.type === 'modal' && view.callback_id === FORM) await form.changed(view);
    if (place && message) await removeDouble(place, message.ts, markIn(pressed?.block_id), options);
  });

  app.shortcut(ANYTHING, async ({ body, ack }) => {
    const known = payloads.messageAction.safeParse(body);
    if (!known.success) return await ack();
    const payload = known.data;
    const { channel, message, user, trigger_id, response_url } = payload;
    const act: Act = {
      input: {
        id: idOf('shortcut', trigger_id),
        user: user.id,
        text: '',
        thread: message.thread_ts ?? message.ts,
        facts: { kind: 'shortcut' },
      },
      channel: channel.id,
      ...(response_url === undefined ? {} : { responseUrl: response_url }),
    };
    const opening = openForm(act, trigger_id, serviceIn(payload, desk));
    await ack();
    await opening;
  });

  app.view({ callback_id: FORM, type: 'view_submission' }, async ({ body, ack }) => {
    const payload = payloads.viewSubmission.parse(body);
    const answer = form.submit(payload.view);
    if ('errors' in answer) return await ack({ response_action: 'errors', errors: answer.errors });
    await accept(formAct(payload, answer.place, answer.command));
    await ack();
  });

  app.event('app_mention', async ({ body, context }) => {
    const payload = payloads.mention.parse(body);
    const text = typed(withoutCall(payload.event.text, options.identity()?.user));
    const act = mentionAct(payload, text === '' ? 'help' : text, retryOf(context));
    if (act) await accept(act);
  });

  app.event('app_home_opened', async ({ body }) => {
    const { event } = payloads.homeOpened.parse(body);
    // The state takes a moment to be looked up: Slack is answered before.
    if (event.tab === undefined || event.tab === 'home') void home.opened(event.user);
  });

  app.event(/^subteam_/, async () => people.groupsChanged());
  app.event(/^channel_(?:un)?shared$/, async ({ body }) =>
    people.channelChanged(payloads.channelEvent.parse(body).event.channel),
  );
  app.event('channel_id_changed', async ({ body }) => {
    const { event } = payloads.channelMoved.parse(body);
    await channels.moved(event.old_channel_id, event.new_channel_id);
  });
}

function retryOf({ retryNum, retryReason }: Retry): Retry {
  return { ...(retryNum === undefined ? {} : { retryNum }), ...(retryReason === undefined ? {} : { retryReason }) };
}

function namesOf(desk: Desk): ReadonlySet<string> {
  const { services, parameters } = desk.choices();
  return new Set([...services.map(({ name }) => name), ...Object.keys(parameters)]);
}

/** The service that a message names, when it names only one. */
function serviceIn({ message }: payloads.MessageAction, desk: Desk): string | undefined {
  const parts = [
    message.text,
    ...(message.attachments ?? []).flatMap((each) => [each.title, each.text, each.fallback]),
  ];
  const said = new Set(plainText(parts.filter(Boolean).join(' ')).split(/[^\p{L}\p{N}_.-]+/u));
  const named = desk.choices().services.filter(({ name }) => said.has(name));
  return named.length === 1 ? named[0]?.name : undefined;
}

/** A post whose answer was lost was made again; whoever presses the first one removes it from the channel. */
async function removeDouble(
  channel: string,
  ts: string,
  mark: string | undefined,
  { memory, clients, log }: ListenersOptions,
): Promise<void> {
  if (mark === undefined) return;
  const live = await within(messageOf(memory, mark), LOOK_MS).catch(() => undefined);
  if (live === undefined || live === ts || live === `${channel}/${ts}`) return;
  await clients.messages.chat
    .delete({ channel, ts })
    .catch((error: unknown) => log('warn', 'slack:double_left', { error: String(error) }));
}
