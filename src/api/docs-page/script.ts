/** Draws the API document with the DOM alone: no text of it is ever read as HTML. */
export const SCRIPT = `'use strict';
const KEY = 'reviver.token';
const at = (id) => document.getElementById(id);
const METHODS = ['get', 'post', 'put', 'delete'];

function element(name, props, ...children) {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

async function load(token) {
  at('problem').textContent = '';
  const base = location.pathname.replace(/docs\\/?$/, '');
  const answer = await fetch(base + 'openapi.json', { headers: { Authorization: 'Bearer ' + token } }).catch(() => undefined);
  const body = answer && (await answer.json().catch(() => undefined));
  if (!answer || !body) return void (at('problem').textContent = 'Reviver does not answer. Try again.');
  if (!answer.ok) return void (at('problem').textContent = body.detail);
  sessionStorage.setItem(KEY, token);
  show(body);
}

function show(api) {
  at('sign-in').hidden = true;
  at('search').hidden = false;
  at('about').textContent = api.info.description + ' Version ' + api.info.version + '.';
  const rows = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => operation(path, method, item[method], api)));
  const named = Object.entries(api.components.schemas).map(([name, schema]) => section('Schema ' + name, schema));
  at('operations').replaceChildren(...rows, ...named);
}

function section(name, schema) {
  return element('details', { id: name }, element('summary', {}, element('code', { textContent: name })),
    element('div', { className: 'body' }, json(schema)));
}

function operation(path, method, op, api) {
  const head = element('summary', {}, element('span', { className: 'method ' + method, textContent: method }),
    element('code', { textContent: path }), element('span', { textContent: op.summary }));
  const schema = op.requestBody?.content['application/json'].schema;
  return element('details', { id: op.operationId }, head, element('div', { className: 'body' },
    op.description && element('p', { textContent: op.description }),
    op.parameters?.length ? table(['parameter', 'in', 'what'], op.parameters.map((p) =>
      [p.name + (p.required ? ' *' : ''), p.in, p.schema?.description ?? p.description ?? typeOf(p.schema)])) : undefined,
    schema && fields(schema),
    table(['status', 'answer'], Object.entries(op.responses).map(([status, answer]) =>
      [status, answer.description + shapeOf(answer)]))));
}

function fields(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    [name + (schema.required?.includes(name) ? ' *' : ''), typeOf(field), field.description ?? '']);
  return rows.length > 0 ? table(['field', 'type', 'what'], rows) : json(schema);
}

function typeOf(schema = {}) {
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  return schema.type ?? 'any';
}

function shapeOf(answer) {
  const reference = answer.content?.['application/json']?.schema?.$ref;
  return reference ? ' (' + reference.split('/').at(-1) + ')' : '';
}

function table(heads, rows) {
  return element('table', {}, element('tr', {}, ...heads.map((text) => element('th', { textContent: text }))),
    ...rows.map((cells) => element('tr', {}, ...cells.map((text) => element('td', { textContent: text })))));
}

function json(value) {
  return element('pre', { textContent: JSON.stringify(value, null, 2) });
}

at('sign-in').addEventListener('submit', (event) => { event.preventDefault(); load(at('token').value.trim()); });
at('find').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const row of at('operations').children) row.hidden = !row.textContent.toLowerCase().includes(wanted);
});
const kept = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
if (kept) load(kept);
`;
