import { runDoctor } from '../doctor/doctor.js';

export async function doctorCommand(print: (line: string) => void): Promise<void> {
  const { ok, lines } = await runDoctor({ env: process.env });
  for (const line of lines) print(line);
  process.exitCode = ok ? 0 : 1;
}
