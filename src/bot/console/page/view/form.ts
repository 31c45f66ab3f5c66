import { parametersOf } from '../model/catalog.js';
import { chosenRunbook, type Form } from '../model/dialog.js';
import type { State } from '../model/state.js';
import type { Words } from '../words/words.js';
import { backButton } from './back-button.js';
import { type Intent, want } from './intent.js';
import { h, type ViewNode } from './node.js';

/** The form of `/recover` alone: what was chosen is said as a command. */
export function formView(form: Form, { catalog }: State, words: Words): ViewNode[] {
  const service = catalog.services.find(({ name }) => name === form.service);
  const runbook = chosenRunbook(form);
  const parameters =
    form.plan.startsWith('strategy:') || runbook === undefined ? [] : parametersOf(catalog, form.service, runbook);
  return [
    h(
      'form',
      { on: { submit: want('send_form', {}) } },
      h('h2', { id: 'dialog-title' }, words.formTitle),
      h('p', { class: 'problem', role: 'alert' }, form.problem ?? ''),
      field(
        words.service,
        h(
          'select',
          {
            id: 'field-service',
            name: 'service',
            value: form.service,
            'data-focus': 'dialog',
            on: { change: fill('service') },
          },
          ...catalog.services.map(({ name }) => h('option', { key: name, value: name }, name)),
        ),
      ),
      field(
        words.how,
        h(
          'select',
          { id: 'field-plan', name: 'plan', value: form.plan, on: { change: fill('plan') } },
          h('option', { key: '', value: '' }, words.bestPlan),
          group(words.runbooks, 'runbook', service?.runbooks ?? []),
          group(words.strategies, 'strategy', service?.strategies ?? []),
        ),
      ),
      ...parameters.map(({ name, type, default: value }) =>
        field(
          name,
          h('input', {
            id: `field-${name}`,
            name: `param:${name}`,
            type: 'text',
            value: form.params[name] ?? '',
            placeholder: value === undefined ? type : words.defaultOf(value),
            on: { input: fill(`param:${name}`) },
          }),
        ),
      ),
      field(
        words.reason,
        h('input', {
          id: 'field-reason',
          name: 'reason',
          type: 'text',
          maxlength: 500,
          value: form.reason,
          placeholder: words.optional,
          on: { input: fill('reason') },
        }),
      ),
      h(
        'label',
        { class: 'check' },
        h('input', { name: 'dry_run', type: 'checkbox', checked: form.dryRun, on: { change: fill('dry_run') } }),
        h('span', {}, words.dryRun),
      ),
      h(
        'div',
        { class: 'buttons' },
        backButton(words, false),
        h(
          'button',
          { type: 'submit', class: 'button primary', disabled: form.busy || form.service === '' },
          form.dryRun ? words.showPlan : words.recover(form.service),
          form.busy && ' …',
        ),
      ),
    ),
  ];
}

function field(label: string, input: ViewNode): ViewNode {
  const id = input.attributes.id ?? '';
  return h('div', { key: id, class: 'field' }, h('label', { for: id }, label), input);
}

function group(label: string, kind: 'runbook' | 'strategy', names: readonly string[]): ViewNode | undefined {
  if (names.length === 0) return undefined;
  const options = names.map((name) => h('option', { key: name, value: `${kind}:${name}` }, name));
  return h('optgroup', { key: kind, label }, ...options);
}

function fill(name: string): Intent {
  return want('fill', { name });
}
