import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, packInto, run, STRICT } from '../support/packed.js';

/** The package as it is published, in an empty folder, with the extensions of docs/extensions.md. */
const EXAMPLES = blocksOf(await readFile('docs/extensions.md', 'utf8'));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  await packInto(folder);
  for (const [name, text] of Object.entries(EXAMPLES)) await writeFile(join(folder, name), text);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the published package', () => {
  test('runs the test of the documents on the extension of the documents', async () => {
    const { stdout } = await run('node', ['--test', 'set-aside.test.mjs'], folder);
    expect(stdout).toMatch(/# pass 1\n# fail 0/);
  }, 60_000);

  test('has types by which an extension in TypeScript is checked, and mistakes in it are found', async () => {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, files: ['drain.ts'] }));
    await writeFile(join(folder, 'drain.ts'), TYPED);
    await tsc();
    const wrong = TYPED.replace('length: 3', 'length: queue.size').replace('idempotent: true', "idempotent: 'yes'");
    await writeFile(join(folder, 'drain.ts'), wrong);
    const errors = await tsc().catch((error: { stdout: string }) => error.stdout);
    expect(errors).toContain(`Property 'size' does not exist on type 'string'`);
    expect(errors).toContain(`Type 'string' is not assignable to type 'boolean'`);
  }, 60_000);

  test('tells by its doctor what the extensions bring', async () => {
    expect(await doctor(['set-aside.mjs', 'gently.mjs'])).toMatch(/✓ extensions +set_aside, gently/);
  }, 60_000);
});

describe('a mistake in an extension is one sentence with its file', () => {
  const simple = (body: string) => `export default ({ z, registerAction, registerStrategy }) => { ${body} };`;
  const action = (more: string) =>
    simple(
      `registerAction({ name: 'drain', risk: 0, idempotent: true, input: z.strictObject({}), run: () => ({}), ${more} })`,
    );

  test.each<[string, string, string | RegExp]>([
    [
      'does not parse',
      'export default () => {\n  const a = ;\n};',
      /it cannot be loaded: SyntaxError: Unexpected token ';' \(.*bad-\d+\.mjs:2\)/,
    ],
    [
      'throws when it is loaded',
      "\nthrow new Error('no licence');",
      /it cannot be loaded: Error: no licence \(.*bad-\d+\.mjs:2\)/,
    ],
    ['imports what is not there', "import 'left-pad';", /it cannot be loaded: Error: Cannot find package 'left-pad'/],
    ['has no default export', 'export const a = 1;', 'it has no default export; expected a function'],
    ['has another default export', 'export default {};', 'its default export is not a function; expected a function'],
    ['throws when it is called', simple("throw new Error('no licence')"), ': no licence.'],
    ['rejects', "export default async () => { throw new Error('no licence'); };", ': no licence.'],
    [
      'has a misspelt member',
      action('timeoutMS: 1'),
      'action "drain".timeoutMS: 1 is not allowed; expected one of the fields',
    ],
    ['takes a name', action("name: 'stop_service'"), 'expected a name that is free; Reviver itself has this one'],
    [
      'has a strategy with an action that is not there',
      simple("registerStrategy({ name: 'hope', compile: () => ['notfy: hoping'] })"),
      'strategy "hope" for web, steps[0]: "notfy" is not allowed; expected an action: did you mean notify?',
    ],
    [
      'has a strategy that throws',
      simple("registerStrategy({ name: 'hope', compile: (service) => service.failover.to })"),
      'strategy "hope" for web: compile threw: Cannot read properties of undefined',
    ],
  ])(
    'one that %s',
    async (_what, text, message) => {
      const file = `bad-${++bad}.mjs`;
      await writeFile(join(folder, file), text);
      const said = await doctor([file]);
      expect(said).toMatch(new RegExp(`✗ extensions +extensions: .*/${file}: `));
      expect(said).toMatch(message instanceof RegExp ? message : new RegExp(message.replace(/[()[\]?.]/g, '\\$&')));
    },
    30_000,
  );

  test('one that is not there, and one in TypeScript', async () => {
    expect(await doctor(['nowhere.mjs'])).toMatch(/nowhere\.mjs: there is no such file/);
    expect(await doctor(['drain.ts'])).toMatch(/drain\.ts: it is TypeScript, which is compiled first/);
  }, 30_000);
});

let bad = 0;

const TYPED = `import type { Extension } from 'reviver/extension';

const extension: Extension = ({ z, registerAction, ActionError }) => {
  registerAction({
    name: 'drain', risk: 0.1, idempotent: true,
    input: z.strictObject({ queue: z.string() }),
    look: async ({ queue }, ctx) => ({ queue: queue.trim(), at: ctx.now().toISOString() }),
    async run({ queue }, ctx) {
      ctx.signal.throwIfAborted();
      if (queue === '') throw new ActionError('there is no queue');
      return { summary: queue, length: 3 };
    },
  });
};
export default extension;
`;

const tsc = () => compile(folder);

async function doctor(extensions: string[]): Promise<string> {
  const config = `services: [{ name: web, runtime: process, process: { command: ["true"], cwd: . } }]
extensions: ${JSON.stringify(extensions)}
`;
  await writeFile(join(folder, 'reviver.yaml'), config);
  const env = { REVIVER_CONFIG: join(folder, 'reviver.yaml'), REVIVER_RUNBOOKS: 'nowhere' };
  const said = run(process.execPath, ['node_modules/reviver/dist/src/main.js', 'doctor'], folder, env);
  return (await said.catch((error: { stdout: string }) => error)).stdout;
}

/** The modules of the page, by the names that it has for them. */
function blocksOf(page: string): Record<string, string> {
  const [aside = '', gently = '', proof = ''] = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, text]) => text ?? '');
  return { 'set-aside.mjs': aside, 'gently.mjs': gently, 'set-aside.test.mjs': proof };
}
