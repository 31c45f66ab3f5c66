import { UserError } from '../../engine/model/errors.js';
import { reportLines, validate } from '../validate/validate.js';

export interface ValidateFlags {
  url: string;
  service?: string;
  json: boolean;
}

/** Exit code 0 when no check failed, else 1. The token comes from the environment: others can read arguments. */
export async function validateCommand(
  { url, service, json }: ValidateFlags,
  print: (line: string) => void,
): Promise<void> {
  const token = process.env.REVIVER_TOKEN;
  if (!token)
    throw new UserError(
      'invalid_input',
      'There is no token. Put one into the variable REVIVER_TOKEN; make one with: reviver token create --name validate --role responder',
    );
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  const report = await validate({ url, token, ...(service === undefined ? {} : { service }), signal: ending.signal });
  for (const line of json ? [JSON.stringify(report, null, 2)] : reportLines(report)) print(line);
  process.exitCode = report.ok ? 0 : 1;
}
