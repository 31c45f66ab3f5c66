import type { LoginProblem, State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import type { Words } from '../words/words.js';
import { want } from './intent.js';
import { h, type ViewNode } from './node.js';

const HOW = 'reviver token create --name ann --person Ann --role responder --role approver --expires 30d';

/** Nobody is signed in: the token, and why the last one was not taken. */
export function loginView({ session, language }: State): ViewNode {
  const words = WORDS[language];
  const busy = session.kind === 'entering';
  const problem = session.kind === 'out' ? session.problem : undefined;
  return h(
    'main',
    { key: 'login', class: 'login' },
    h(
      'form',
      { class: 'panel', on: { submit: want('sign_in', {}) } },
      h('h1', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }), 'Reviver'),
      h('p', { class: 'problem', role: 'alert', id: 'login-problem' }, problem ? textOf(problem, words) : ''),
      h('label', { for: 'token' }, words.token),
      h('input', {
        id: 'token',
        name: 'token',
        type: 'password',
        required: true,
        autocomplete: 'current-password',
        spellcheck: 'false',
        'data-focus': 'login',
        'aria-describedby': 'login-problem',
        'aria-invalid': problem ? 'true' : undefined,
      }),
      h(
        'label',
        { class: 'check' },
        h('input', { name: 'stay', type: 'checkbox', value: 'yes', 'aria-describedby': 'stay-note' }),
        h('span', {}, words.staySignedIn),
      ),
      h('p', { class: 'hint', id: 'stay-note' }, words.staySignedInNote),
      h('button', { type: 'submit', class: 'button primary', disabled: busy }, busy ? words.signingIn : words.signIn),
      h('p', { class: 'hint' }, words.howToGetToken),
      h('pre', { tabindex: 0 }, h('code', {}, HOW)),
    ),
  );
}

function textOf(problem: LoginProblem, words: Words): string {
  return problem.kind === 'said' ? problem.text : words.loginProblems[problem.kind];
}
