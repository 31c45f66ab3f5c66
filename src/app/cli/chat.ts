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
      'There is no token. Put one into the variable REVIVER_TOKEN (what follows --token, other users of the machine can read). ' +
        'Make one with: reviver token create --name NAME --role responder --person NAME',
    );
  await runChat({ url, token, ...(channel ? { channel } : {}), input: process.stdin, output: process.stdout });
}
