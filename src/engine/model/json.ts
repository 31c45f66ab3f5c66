/** A value that survives JSON: what steps, events and effects are made of. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

export type JsonObject = { [key: string]: Json | undefined };
