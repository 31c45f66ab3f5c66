import type { Action } from '../../../engine/actions/action.js';
import type { Strategy } from '../../../engine/planner/strategies/strategy.js';
import type { Extension } from '../definition.js';
import { namesOfReviver, register } from '../register.js';

/** The actions of an extension by name, checked as Reviver checks them when it starts. */
export async function actionsOf(extension: Extension): Promise<ReadonlyMap<string, Action>> {
  const { actions } = await register(extension, 'this extension', namesOfReviver());
  return new Map(actions.map((action) => [action.name, action]));
}

export async function strategiesOf(extension: Extension): Promise<ReadonlyMap<string, Strategy>> {
  const { strategies } = await register(extension, 'this extension', namesOfReviver());
  return new Map(strategies.map((strategy) => [strategy.name, strategy]));
}
