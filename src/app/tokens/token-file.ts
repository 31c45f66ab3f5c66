import { z } from 'zod';
import { UserError } from '../../engine/model/errors.js';
import { ROLES } from '../../engine/model/person.js';

const record = z.object({
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  /** Who acts when this token is used; without one, the token is nobody. */
  person: z.string().optional(),
  /** Of a token without a person: who answers for it, and therefore approves nothing that it asks for. */
  owner: z.string().optional(),
  /** SHA-256 of the token, hex. The token itself is kept nowhere. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().optional(),
});

const fileSchema = z.object({ tokens: z.array(record) });

export type TokenRecord = z.output<typeof record>;

/** @throws UserError when the file is not what Reviver writes; nothing is guessed about who may do what */
export function parseTokens(content: string, file: string): TokenRecord[] {
  const parsed = fileSchema.safeParse(parseJson(content));
  if (parsed.success) return parsed.data.tokens;
  const reason = parsed.error.issues[0]?.message ?? 'not JSON';
  throw new UserError(
    'invalid_input',
    `The tokens file ${file} is damaged (${reason}). Restore it, or remove it and make new tokens.`,
  );
}

export function formatTokens(tokens: readonly TokenRecord[]): string {
  return `${JSON.stringify({ tokens }, null, 2)}\n`;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
