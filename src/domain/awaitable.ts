/** A value now or later: stores answer at once, inference does not. */
export type Awaitable<T> = T | Promise<T>;
