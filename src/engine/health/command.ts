import { healthy, type Probe, unhealthy } from './probe.js';

/** A program that ends with exit code 0 within the check's time. */
export const checkCommand: Probe = async (check, signal, run) => {
  const { exitCode, stdout, stderr } = await run(check.command ?? [], signal);
  const line = lastLine(stderr) || lastLine(stdout);
  return (exitCode === 0 ? healthy : unhealthy)(line ? `exit code ${exitCode}: ${line}` : `exit code ${exitCode}`, {
    exit_code: exitCode,
  });
};

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.slice(0, 200) ?? '';
}
