/**
 * The key under which a pager knows an incident of ours, stable for its life. What comes back from the pager under such a key is
 * about that incident, and no news.
 */
export function pageKey(installation: string, incident: number): string {
  return `reviver:${installation}:I-${incident}`;
}

export function incidentOfPageKey(key: string): number | undefined {
  const id = /^reviver:[^:]*:I-(\d{1,9})$/.exec(key)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Also of incidents that are nobody's any more. */
export function isPageKey(key: string): boolean {
  return key.startsWith('reviver:');
}
