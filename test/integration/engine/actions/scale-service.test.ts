import { expect, test } from '@jest/globals';
import type { ActionContext } from '../../../../src/engine/actions/action.js';
import { scaleService } from '../../../../src/engine/actions/scale-service.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { aService } from '../../../support/builders.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

const docker = withDocker();
const MB = 1_024 ** 2;
const SIZES = [
  { cpus: 0.25, memoryBytes: 32 * MB },
  { cpus: 0.5, memoryBytes: 64 * MB },
  { cpus: 1, memoryBytes: 128 * MB },
];
let serial = 0;

async function container(HostConfig: object = {}): Promise<{ name: string; ctx: ActionContext }> {
  serial += 1;
  const name = `sized-${serial}`;
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'],
    HostConfig: { NetworkMode: 'none', NanoCpus: 5e8, Memory: 64 * MB, ...HostConfig },
  });
  await made.start();
  const service = aService(name, { runtime: 'docker', containerName: name, sizes: SIZES });
  const runtime = createRuntimes(() => [service], { dataDir: '/nowhere', dockerHost: docker.host });
  return { name, ctx: contextWith({ runtime, signal: AbortSignal.timeout(20_000) }) };
}

async function limits(name: string): Promise<number[]> {
  const { HostConfig: host } = await docker.engine.getContainer(name).inspect();
  return [host.NanoCpus ?? 0, (host.Memory ?? 0) / MB, (host.MemorySwap ?? 0) / MB];
}

describeDocker('a container that is scaled', () => {
  test('has more at once, without a restart, and as much as before when that is undone', async () => {
    const { name, ctx } = await container();
    const input = { service: name, by: 1 };
    expect(await scaleService.preview?.(input, ctx)).toBe(`would scale ${name} from 0.5 CPUs, 64 MB to 1 CPU, 128 MB`);
    expect(await limits(name)).toEqual([5e8, 64, 128]);
    const { State: was } = await docker.engine.getContainer(name).inspect();
    const before: JsonObject = (await scaleService.look?.(input, ctx)) ?? {};
    expect(await scaleService.run(input, ctx, before)).toMatchObject({
      summary: 'from 0.5 CPUs, 64 MB to 1 CPU, 128 MB',
    });
    expect(await limits(name)).toEqual([1e9, 128, 192]);
    expect((await docker.engine.getContainer(name).inspect()).State.StartedAt).toBe(was.StartedAt);
    const undo = scaleService.inverse?.(input, before);
    await scaleService.run(undo?.input ?? {}, ctx, {});
    expect(await limits(name)).toEqual([5e8, 64, 128]);
  }, 60_000);

  test('after a crash it is looked at how big it is', async () => {
    const { name, ctx } = await container();
    const input = { service: name, by: 1 };
    const before: JsonObject = (await scaleService.look?.(input, ctx)) ?? {};
    const probe = async () => scaleService.probe?.(input, before, ctx);
    expect(await probe()).toMatchObject({
      outcome: 'not_done',
      evidence: 'it has 0.5 CPUs, 64 MB, before 0.5 CPUs, 64 MB',
    });
    await scaleService.run(input, ctx, before);
    expect(await probe()).toMatchObject({ outcome: 'done', result: { size: { cpus: 1, memory: 128 * MB } } });
    // Once more from the same before-state is no second size.
    await scaleService.run(input, ctx, before);
    expect(await probe()).toMatchObject({ outcome: 'done' });
    await docker.engine.getContainer(name).update({ NanoCpus: 7e8 });
    expect(await probe()).toMatchObject({ outcome: 'unknown' });
    expect(await scaleService.probe?.(input, {}, ctx)).toMatchObject({ outcome: 'unknown' });
  }, 60_000);

  test('at the end of its sizes is left as it is, and the refusal is no question', async () => {
    const { name, ctx } = await container({ NanoCpus: 1e9, Memory: 128 * MB });
    const input = { service: name, by: 1 };
    const before: JsonObject = (await scaleService.look?.(input, ctx)) ?? {};
    await expect(scaleService.run(input, ctx, before)).rejects.toThrow(/none of its sizes is bigger/);
    expect(await scaleService.probe?.(input, before, ctx)).toMatchObject({ outcome: 'not_done' });
    expect(await limits(name)).toEqual([1e9, 128, 256]);
  }, 60_000);

  test('that had no limits has all of the machine again when that is undone', async () => {
    const { name, ctx } = await container({ NanoCpus: 0, Memory: 0 });
    const { NCPU, MemTotal } = await docker.engine.info();
    const input = { service: name, to: { memory: '64m', cpus: 0.5 } };
    const before: JsonObject = (await scaleService.look?.(input, ctx)) ?? {};
    expect(before.size).toEqual({ cpus: NCPU, memory: MemTotal });
    await scaleService.run(input, ctx, before);
    expect(await limits(name)).toEqual([5e8, 64, 128]);
    await scaleService.run(scaleService.inverse?.(input, before)?.input ?? {}, ctx, {});
    const [cpus, memory] = await limits(name);
    expect([cpus, (memory ?? 0) * MB]).toEqual([NCPU * 1e9, MemTotal]);
  }, 60_000);

  test('by a quota keeps one', async () => {
    const { name, ctx } = await container({ NanoCpus: 0, CpuQuota: 50_000 });
    await scaleService.run({ service: name, by: 1 }, ctx, {});
    const { HostConfig: host } = await docker.engine.getContainer(name).inspect();
    expect([host.CpuQuota, host.NanoCpus]).toEqual([100_000, 0]);
  }, 60_000);

  test('that is gone, and more than the machine has, are refused', async () => {
    const { name, ctx } = await container();
    await expect(scaleService.run({ service: name, to: { cpus: 4_000 } }, ctx, {})).rejects.toThrow(
      /Docker refused to give .* other resources: Range of CPUs is/,
    );
    await docker.engine.getContainer(name).remove({ force: true });
    await expect(scaleService.run({ service: name, by: 1 }, ctx, {})).rejects.toThrow(/There is no container/);
  }, 60_000);
});
