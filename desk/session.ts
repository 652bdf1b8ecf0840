const KEY = 'dateline.token';

/** The part of the browser's session storage that is used here. */
export interface TokenStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The token of whoever sits at the desk; it lives as long as this browser tab, and never reaches local storage. */
export interface Session {
  token(): string | null;
  keep(token: string): void;
  forget(): void;
  /** To be called when the service refuses a token that was sent; forgets it and tells whoever listens. */
  refuse(token: string): void;
  onRefused(listener: () => void): () => void;
}

export function openSession(storage: TokenStore): Session {
  const listeners = new Set<() => void>();
  return {
    token: () => storage.getItem(KEY),
    keep: (token) => storage.setItem(KEY, token),
    forget: () => storage.removeItem(KEY),
    refuse(token) {
      // An answer to an older token says nothing about the one that has replaced it.
      if (storage.getItem(KEY) !== token) return;
      storage.removeItem(KEY);
      listeners.forEach((listener) => listener());
    },
    onRefused(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
