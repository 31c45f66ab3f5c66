import { runChat } from '../../bot/terminal/run-chat.js';
import { UserError } from '../../engine/model/errors.js';

export async function chatCommand({
  url,
  token = process.env.REVIVER_TOKEN,
  channel,
}: {
  url: string;
  token?: string;
  channel?: string;
}): Promise<void> {
  if (!token)
    throw new UserError(
      'invalid_input',
      '--token is missing. Make one with: reviver token create --name NAME --role responder --person NAME',
    );
  await runChat({ url, token, ...(channel ? { channel } : {}), input: process.stdin, output: process.stdout });
}
