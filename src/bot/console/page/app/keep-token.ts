const KEY = 'reviver.token';

/** Where the token is between two loads of the page: in this tab, or on this device when its person asked for that. */
export function readToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined;
}

export function keepToken(token: string, onDevice: boolean): void {
  forgetToken();
  (onDevice ? localStorage : sessionStorage).setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}
