const key = 'nightglass.token';

/** The token of this tab; gone when the tab is closed. */
export const storedToken = {
  read: (): string | undefined => sessionStorage.getItem(key) ?? undefined,
  write: (token: string): void => sessionStorage.setItem(key, token),
  clear: (): void => sessionStorage.removeItem(key),
};
