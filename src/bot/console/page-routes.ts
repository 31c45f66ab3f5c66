import { z } from 'zod';
import { NotFound } from '../../engine/model/errors.js';
import { loadPage, type PageFiles } from './page-files.js';
import { type ConsoleRoute, GET, parse, type RowReply } from './route-row.js';

export type { PageFiles } from './page-files.js';

/** The page loads nothing but its own files, runs nothing inline, is framed by nobody, and builds no HTML from text. */
const SECURITY = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};
/** The version is in the path, so a browser never mixes the files of two. */
const FOR_GOOD = { ...SECURITY, 'Cache-Control': 'public, max-age=31536000, immutable' };
const ALWAYS_ASK = { ...SECURITY, 'Cache-Control': 'no-cache' };

const NOT_BUILT = 'The page of the console was not built. Run npm run build, and start Reviver anew.\n';

const segment = (what: string) => z.string().max(100).describe(what);
const fileParams = z.strictObject({ version: segment('the version of the page'), file: segment('a file of the page') });
const folderParams = fileParams.extend({ folder: segment('a folder of the page') });

/** The page itself: without a token, since it is by the page that people show theirs. */
export function pageRoutes(page: () => PageFiles | undefined = onFirstUse(loadPage)): ConsoleRoute[] {
  const row = { ...GET, access: 'public' as const, errors: ['not_found'] as const };
  const file = async (version: string, path: string): Promise<RowReply> => {
    const found = page()?.file(version, path);
    if (!found) throw new NotFound('page', `/console/page/${version}/${path}`.slice(0, 80));
    return { status: 200, ...found, headers: FOR_GOOD };
  };
  return [
    {
      ...row,
      path: '/console',
      operation: 'consolePage',
      summary: 'The console as a page for people',
      answers: { 200: { description: 'HTML' }, 503: { description: 'The page was not built' } },
      errors: [],
      run: async () => {
        const html = page()?.html;
        return html === undefined
          ? { status: 503, text: NOT_BUILT, type: 'text/plain; charset=utf-8', headers: ALWAYS_ASK }
          : { status: 200, text: html, type: 'text/html; charset=utf-8', headers: ALWAYS_ASK };
      },
    },
    {
      ...row,
      path: '/console/page/{version}/{file}',
      operation: 'consolePageFile',
      summary: 'A file of the page',
      params: fileParams,
      answers: { 200: { description: 'Script, style or picture' } },
      run: async (raw) => {
        const { version, file: name } = parse(fileParams, raw.params);
        return file(version, name);
      },
    },
    {
      ...row,
      path: '/console/page/{version}/{folder}/{file}',
      operation: 'consolePageFileBelow',
      summary: 'A file of the page, in one of its folders',
      params: folderParams,
      answers: { 200: { description: 'Script' } },
      run: async (raw) => {
        const { version, folder, file: name } = parse(folderParams, raw.params);
        return file(version, `${folder}/${name}`);
      },
    },
  ];
}

/** Not at start: whoever never opens the page needs none. */
function onFirstUse(load: () => PageFiles | undefined): () => PageFiles | undefined {
  let loaded: PageFiles | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
