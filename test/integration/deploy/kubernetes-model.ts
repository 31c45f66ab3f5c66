import * as models from '@kubernetes/client-node';

/** What is wrong with a manifest by the models of the official client: unknown fields and wrong types. */
export function manifestProblems(manifest: unknown): string[] {
  if (!isRecord(manifest)) return ['it is no object'];
  const kind = String(manifest.kind);
  const version = String(manifest.apiVersion).split('/').at(-1) ?? '';
  const model = `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
  return modelOf(model) ? problems(manifest, model, kind) : [`${kind}: the client knows no ${model}`];
}

interface Attribute {
  baseName: string;
  type: string;
}

function modelOf(name: string): Attribute[] | undefined {
  const found: unknown = Reflect.get(models, name);
  if (typeof found !== 'function' || !('getAttributeTypeMap' in found)) return undefined;
  const map: unknown = typeof found.getAttributeTypeMap === 'function' ? found.getAttributeTypeMap() : undefined;
  return Array.isArray(map) ? map : undefined;
}

function problems(value: unknown, type: string, path: string): string[] {
  const list = /^Array<(.+)>$/.exec(type);
  if (list?.[1]) {
    const of = list[1];
    return Array.isArray(value)
      ? value.flatMap((item, n) => problems(item, of, `${path}[${n}]`))
      : [`${path} must be a list`];
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map?.[1]) {
    const of = map[1];
    return isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => problems(item, of, `${path}.${key}`))
      : [`${path} must be a map`];
  }
  const attributes = modelOf(type);
  if (!attributes) return simple(value, type, path);
  if (!isRecord(value)) return [`${path} must be an object`];
  return Object.entries(value).flatMap(([key, item]) => {
    const attribute = attributes.find(({ baseName }) => baseName === key);
    return attribute ? problems(item, attribute.type, `${path}.${key}`) : [`${path}.${key} is unknown`];
  });
}

const SIMPLE: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  IntOrString: (value) => typeof value === 'number' || typeof value === 'string',
};

function simple(value: unknown, type: string, path: string): string[] {
  const fits = SIMPLE[type] ?? (() => true);
  return fits(value) ? [] : [`${path} must be a ${type}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
