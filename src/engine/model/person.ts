export const ROLES = ['viewer', 'responder', 'approver', 'lead', 'admin', 'bootstrap'] as const;
export type Role = (typeof ROLES)[number];

/** A person in the configuration: one principal on every platform. */
export interface Person {
  name: string;
  roles: Role[];
  /** Platform name to the person's id there. */
  ids: Record<string, string>;
}

/**
 * Who acts, after identity was resolved. `name` is canonical: two platforms of one person give the same name, so
 * nobody counts twice. `human` is false for tokens without a person and for Reviver itself.
 */
export interface Principal {
  name: string;
  roles: readonly Role[];
  human: boolean;
  /** Of `roles`, those that a group of the platform gives at this moment: the configuration does not list them by person. */
  byGroup?: readonly Role[];
  /** Of a program: the person whose token it is, who counts as having asked for what it asks for. */
  owner?: string;
  /** How the act arrived, such as `console`, `api`, `slack`. */
  via: string;
}

export const SYSTEM: Principal = { name: 'reviver', roles: [], human: false, via: 'system' };
