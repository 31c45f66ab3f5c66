import { z } from 'zod';

/** Name of the file of an export that says what is in it. */
export const CONTENTS = 'contents.json';
/** Values of variables, as `.env` files have them. */
export const VARIABLES = 'reviver.env';
export const [RUNBOOKS, KNOWLEDGE, TOKENS, AUDIT_KEY] = ['runbooks', 'knowledge', 'tokens.json', 'audit/signing.key'];

/** What an export holds, and where each thing was. Paths of `to` and `config` are relative to it. */
export const contentsSchema = z.object({
  config: z.string().min(1),
  files: z.array(z.object({ from: z.string(), to: z.string() })),
  variables: z.array(z.string()),
  /** What is needed besides, and why it is not here. */
  left_out: z.array(z.string()),
});

export type Contents = z.output<typeof contentsSchema>;
