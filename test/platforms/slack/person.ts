import { randomBytes } from 'node:crypto';
import type { Block, ButtonElement, InputBlock } from './blocks.js';
import { modalView } from './blocks.js';
import { messageJson } from './methods/chat.js';
import { checkedView, redraw, viewJson } from './methods/views.js';
import type { OneShots } from './one-shots.js';
import type { Acknowledged, Sending } from './transport.js';
import { APP, BOT_USER, type OpenView, type SlackPerson, type Workspace } from './workspace.js';

export interface PersonParts {
  workspace: Workspace;
  oneShots: OneShots;
  url: string;
  send(sending: Sending): Promise<Acknowledged>;
  sendEvent(event: object, eventId?: string): Promise<Acknowledged>;
}

interface Act {
  /** The same name twice is the same act, delivered twice. */
  id?: string;
}

/** Someone in front of Slack: acts on what is shown now. */
export interface PersonActing {
  /** `/recover TEXT`. */
  command(text: string, options?: Act & { channel?: string }): Promise<Acknowledged>;
  /** Presses a button of a message, of a private one too. */
  press(channel: string, ts: string, label: string, options?: Act): Promise<Acknowledged>;
  mention(text: string, options?: Act & { channel?: string; thread?: string; edited?: boolean }): Promise<Acknowledged>;
  /** Uses "Recover this" on a message. */
  shortcut(channel: string, ts: string, options?: Act): Promise<Acknowledged>;
  openHome(): Promise<Acknowledged>;
  pressAtHome(label: string): Promise<Acknowledged>;
  /** What the form looks like: labels of fields, texts, and the choices of menus. */
  form(): FormShown | undefined;
  /** Chooses in a menu, ticks, or types; menus that draw the form anew are sent at once. */
  choose(label: string, option: string): Promise<void>;
  fill(label: string, text: string): Promise<void>;
  /** Errors by the label of their field; undefined: the form was taken and closed. */
  submit(): Promise<Record<string, string> | undefined>;
  /** Writes a message themselves. */
  write(channel: string, text: string): string;
}

export interface FormShown {
  title: string;
  text: string;
  fields: { label: string; options: string[]; value: unknown; optional: boolean }[];
}

const LIKE_SLACK = { '&': '&amp;', '<': '&lt;', '>': '&gt;' } as const;
const escaped = (text: string) => text.replace(/[&<>]/g, (c) => LIKE_SLACK[c as keyof typeof LIKE_SLACK]);

export function createPerson(id: string, parts: PersonParts): PersonActing {
  const { workspace, oneShots, url, send, sendEvent } = parts;
  const who = (): SlackPerson => {
    const person = workspace.people.get(id);
    if (!person) throw new Error(`nobody is called ${id}`);
    return person;
  };
  const user = () => ({ id, username: who().name, name: who().name, team_id: who().team });
  const about = () => ({
    team: { id: workspace.team.id, domain: 'team' },
    user: user(),
    api_app_id: APP,
    token: 'old',
  });
  const addressIn = (channel: string, thread?: string) =>
    `${url}/hooks/${oneShots.address({ channel, user: id, ...(thread === undefined ? {} : { thread }) })}`;
  const openModal = (): OpenView | undefined =>
    [...workspace.modals.values()].filter((view) => view.user === id).at(-1);
  const needModal = (): OpenView => {
    const view = openModal();
    if (!view) throw new Error(`${id} has no form in front of them`);
    return view;
  };
  const fieldOf = (view: OpenView, label: string): InputBlock => {
    const found = view.payload.blocks.find(
      (block): block is InputBlock => block.type === 'input' && block.label.text === label,
    );
    if (!found) throw new Error(`the form has no field "${label}"`);
    return found;
  };

  return {
    async command(text, { id: name, channel = 'C0INCIDENT' } = {}) {
      if (who().team !== workspace.team.id) throw new Error('slash commands are not shared with other workspaces');
      return send({
        kind: 'slash_commands',
        payload: {
          command: '/recover',
          text: escaped(text),
          user_id: id,
          user_name: who().name,
          team_id: workspace.team.id,
          channel_id: channel,
          channel_name: workspace.channels.get(channel)?.name ?? 'directmessage',
          response_url: addressIn(channel),
          trigger_id: oneShots.trigger(id, name),
          api_app_id: APP,
        },
      });
    },

    async press(channel, ts, label, { id: name } = {}) {
      const message = workspace.find(channel, ts);
      const whisper = workspace.whispers.find((each) => each.channel === channel && each.ts === ts && each.user === id);
      const pressed = buttonIn((message ?? whisper)?.blocks ?? [], label);
      const container = { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: message === undefined };
      return send({
        kind: 'interactive',
        payload: {
          type: 'block_actions',
          ...about(),
          container,
          trigger_id: oneShots.trigger(id, name),
          channel: { id: channel, name: workspace.channels.get(channel)?.name ?? channel },
          ...(message ? { message: messageJson(message) } : {}),
          state: { values: {} },
          response_url: addressIn(channel, message?.thread),
          actions: [actionOf(pressed, workspace.nextTs())],
        },
      });
    },

    async mention(text, { id: name, channel = 'C0INCIDENT', thread, edited } = {}) {
      const ts = workspace.nextTs();
      const said = `<@${BOT_USER}> ${escaped(text)}`;
      const at = [performance.now()];
      const where = thread === undefined ? {} : { thread };
      workspace.messages.push({
        channel,
        ts,
        user: id,
        byApp: false,
        text: said,
        blocks: [],
        ...where,
        deleted: false,
        at,
        notified: [],
      });
      const inThread = thread === undefined ? {} : { thread_ts: thread };
      const change = edited ? { edited: { user: id, ts } } : {};
      const event = { type: 'app_mention', user: id, team: who().team, text: said, channel, ts, event_ts: ts };
      return sendEvent({ ...event, ...inThread, ...change }, name);
    },

    async shortcut(channel, ts, { id: name } = {}) {
      const message = workspace.find(channel, ts);
      if (!message) throw new Error('there is no such message');
      return send({
        kind: 'interactive',
        payload: {
          type: 'message_action',
          callback_id: 'recover_message',
          ...about(),
          trigger_id: oneShots.trigger(id, name),
          channel: { id: channel, name: workspace.channels.get(channel)?.name ?? channel },
          message_ts: ts,
          message: messageJson(message),
          response_url: addressIn(channel),
        },
      });
    },

    openHome: () => sendEvent({ type: 'app_home_opened', user: id, channel: workspace.directOf(id).id, tab: 'home' }),

    async pressAtHome(label) {
      const home = workspace.homes.get(id);
      const pressed = buttonIn(home?.payload.blocks ?? [], label);
      return send({
        kind: 'interactive',
        payload: {
          type: 'block_actions',
          ...about(),
          container: { type: 'view', view_id: `H${id}` },
          trigger_id: oneShots.trigger(id),
          view: { id: `H${id}`, type: 'home', hash: home?.hash, private_metadata: '', state: { values: {} } },
          actions: [actionOf(pressed, workspace.nextTs())],
        },
      });
    },

    form() {
      const view = openModal();
      return view && shownForm(view, workspace);
    },

    async choose(label, wanted) {
      const view = needModal();
      const block = fieldOf(view, label);
      const { element } = block;
      if (element.type === 'plain_text_input') throw new Error(`"${label}" is typed`);
      const option = optionsOf(element).find(({ text }) => text.text === wanted);
      if (!option) throw new Error(`"${label}" does not offer "${wanted}"`);
      const chosen = element.type === 'checkboxes' ? { selected_options: [option] } : { selected_option: option };
      view.values.set(`${block.block_id} ${element.action_id}`, chosen);
      if (!block.dispatch_action) return;
      const action = { action_id: element.action_id, block_id: block.block_id, type: element.type, ...chosen };
      await send({
        kind: 'interactive',
        payload: {
          type: 'block_actions',
          ...about(),
          container: { type: 'view', view_id: view.id },
          trigger_id: oneShots.trigger(id),
          view: viewJson(view),
          actions: [{ ...action, action_ts: workspace.nextTs() }],
        },
      });
    },

    async fill(label, text) {
      const view = needModal();
      const block = fieldOf(view, label);
      if (block.element.type !== 'plain_text_input') throw new Error(`"${label}" is not typed`);
      if (text.length > (block.element.max_length ?? 3_000)) throw new Error(`"${label}" takes no more`);
      view.values.set(`${block.block_id} ${block.element.action_id}`, { value: text === '' ? null : text });
    },

    async submit() {
      const view = needModal();
      if (!view.payload.submit) throw new Error('this form cannot be submitted');
      const { payload } = await send({
        kind: 'interactive',
        payload: {
          type: 'view_submission',
          ...about(),
          trigger_id: oneShots.trigger(id),
          view: viewJson(view),
          response_urls: [],
        },
      });
      const answer = responseAction(payload);
      if (answer?.response_action === 'errors') return errorsByLabel(answer.errors, view);
      if (answer?.response_action === 'update') redraw(view, checkedView(modalView, answer.view));
      else workspace.modals.delete(view.id);
      return undefined;
    },

    write(channel, text) {
      const ts = workspace.nextTs();
      const at = [performance.now()];
      workspace.messages.push({
        channel,
        ts,
        user: id,
        byApp: false,
        text: escaped(text),
        blocks: [],
        deleted: false,
        at,
        notified: [],
      });
      return ts;
    },
  };
}

function buttonIn(blocks: readonly Block[], label: string): ButtonElement & { block_id: string } {
  for (const block of blocks) {
    if (block.type !== 'actions') continue;
    const found = block.elements.find(({ text }) => text.text === label);
    if (found) return { ...found, block_id: block.block_id ?? randomBytes(3).toString('hex') };
  }
  throw new Error(`no button "${label}" is shown`);
}

function actionOf({ action_id, block_id, text, value }: ButtonElement & { block_id: string }, ts: string) {
  return { type: 'button', action_id, block_id, text, value, action_ts: ts };
}

function optionsOf(element: Exclude<InputBlock['element'], { type: 'plain_text_input' }>) {
  if (element.type === 'checkboxes') return element.options;
  return element.options ?? element.option_groups?.flatMap(({ options }) => options) ?? [];
}

function shownForm(view: OpenView, workspace: Workspace): FormShown {
  const { title, blocks } = view.payload;
  const fields = blocks.flatMap((block) => {
    if (block.type !== 'input') return [];
    const { element, label, optional = false } = block;
    const options = element.type === 'plain_text_input' ? [] : optionsOf(element).map(({ text }) => text.text);
    const value = view.values.get(`${block.block_id} ${element.action_id}`);
    return [{ label: label.text, options, value, optional }];
  });
  return { title: title.text, text: workspace.shown({ text: '', blocks }).text, fields };
}

interface ResponseAction {
  response_action?: string;
  errors?: Record<string, string>;
  view?: unknown;
}

function responseAction(payload: unknown): ResponseAction | undefined {
  return typeof payload === 'object' && payload !== null ? payload : undefined;
}

/** Slack refuses errors for blocks that are no inputs. */
function errorsByLabel(errors: Record<string, string> | undefined, view: OpenView): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors ?? {}).map(([blockId, text]) => {
      const block = view.payload.blocks.find((each) => each.type === 'input' && each.block_id === blockId);
      if (block?.type !== 'input') throw new Error(`an error for a block that is no input: ${blockId}`);
      return [block.label.text, text];
    }),
  );
}
