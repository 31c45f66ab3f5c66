/** `bullmq` of a file in node_modules, `node` of the runtime's own, `reviver/engine` of the product's. */
export function packageOf(url) {
  if (url.startsWith('node:') || !url.includes('/')) return 'node';
  const inPackage = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (inPackage) return inPackage[1];
  return `reviver/${/\/dist\/(?:src\/)?([^/]+)/.exec(url)?.[1] ?? 'bench'}`;
}
