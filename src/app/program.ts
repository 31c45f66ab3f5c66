import type { Principal } from '../engine/model/person.js';

/** Who asks where a program of somebody's own uses the library. It is no person: it never approves. */
export const PROGRAM: Principal = { name: 'library', roles: ['responder'], human: false, via: 'library' };
