import { z } from 'zod';
import { badRequest, conflict } from '../refusal.js';
import { type Method, method } from './method.js';

const kinds = z.array(z.string()).optional();

export const INTAKE_METHODS: Readonly<Record<string, Method>> = {
  getUpdates: method(
    z.strictObject({
      offset: z.number().int().optional(),
      limit: z.number().int().min(1).max(100).optional(),
      timeout: z.number().int().min(0).optional(),
      allowed_updates: kinds,
    }),
    ({ allowed_updates: allowed, ...wanted }, { queue, webhook }, gone) => {
      if (webhook.info().url)
        throw conflict(
          "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        );
      queue.allow(allowed);
      return queue.fetch(wanted, gone);
    },
  ),
  setWebhook: method(
    z.strictObject({
      url: z.string(),
      secret_token: z.string().optional(),
      allowed_updates: kinds,
      max_connections: z.number().int().min(1).max(100).optional(),
      drop_pending_updates: z.boolean().optional(),
    }),
    ({ url, secret_token: secret, allowed_updates: allowed }, { queue, webhook }) => {
      if (!/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(url))
        throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
      if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
        throw badRequest('secret token contains unallowed characters');
      queue.allow(allowed);
      queue.interrupt('terminated by setWebhook request');
      webhook.set(url, secret);
      return true;
    },
  ),
  deleteWebhook: method(z.strictObject({ drop_pending_updates: z.boolean().optional() }), (_given, { webhook }) => {
    webhook.set('', undefined);
    return true;
  }),
  getWebhookInfo: method(z.strictObject({}), (_given, { queue, webhook }) => ({
    ...webhook.info(),
    has_custom_certificate: false,
    pending_update_count: queue.waiting().length,
    allowed_updates: queue.allowed(),
  })),
  answerCallbackQuery: method(
    z.strictObject({
      callback_query_id: z.string(),
      text: z.string().max(200).optional(),
      show_alert: z.boolean().optional(),
      cache_time: z.number().int().optional(),
    }),
    (given, { callbacks }) => {
      if (given.text && /\p{Cs}/u.test(given.text)) throw badRequest('strings must be encoded in UTF-8');
      callbacks.answer(given.callback_query_id, given.text ?? '', given.show_alert ?? false);
      return true;
    },
  ),
};
