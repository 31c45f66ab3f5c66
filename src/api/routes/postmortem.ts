import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
import { postmortemOf } from '../../engine/postmortem/gather.js';
import { toMarkdown } from '../../engine/postmortem/markdown.js';
import { toPage } from '../../engine/postmortem/page.js';
import type { Postmortem } from '../../engine/postmortem/postmortem.js';
import { postmortemJson, toPostmortemJson } from '../json/postmortem.js';
import { NO_INPUT, type Reply, type Route, route } from '../route.js';
import { recoveryId } from './fields.js';

const FORMATS = ['json', 'markdown', 'html'] as const;

/** The page runs no script and loads nothing, whatever is in it. */
const CLOSED = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };

const REPLIES: Readonly<Record<(typeof FORMATS)[number], (about: Postmortem) => Reply>> = {
  json: (about) => ({ status: 200, body: toPostmortemJson(about) }),
  markdown: (about) => ({ status: 200, text: toMarkdown(about), type: 'text/markdown; charset=utf-8' }),
  html: (about) => ({ status: 200, text: toPage(about), type: 'text/html; charset=utf-8', headers: CLOSED }),
};

export function postmortemRoutes(engine: Engine): Route[] {
  return [
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/recoveries/{id}/postmortem',
      operation: 'postmortem',
      summary: 'What happened, how long it took, what was lost, and what to change; as data, Markdown or a page',
      access: ROLES,
      params: z.strictObject({ id: recoveryId }),
      query: z.strictObject({
        format: z
          .enum(FORMATS)
          .default('json')
          .describe(`one of ${FORMATS.join(', ')}`),
      }),
      answers: { 200: { description: 'As JSON; other formats are text', schema: postmortemJson } },
      errors: ['not_found', 'unavailable'],
      handle: async ({ params, query }) => REPLIES[query.format](await postmortemOf(params.id, engine)),
    }),
  ];
}
